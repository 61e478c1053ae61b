/** A workflow file with a workflow of its own under a name of the package's, and one for all other types. */
export async function runJob(): Promise<string> {
  return Promise.resolve('my own');
}
export { greet } from './none';

// eslint-disable-next-line no-restricted-syntax -- Temporal asks for a default export
export default async function any(): Promise<string> {
  return Promise.resolve('any type');
}
