/** A workflow file that exports nothing of the package. */
export async function greet(): Promise<string> {
  return Promise.resolve('hello');
}
