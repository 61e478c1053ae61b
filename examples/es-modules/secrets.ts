/** Stands for your secret store. Asked for each request, so a rotated key is picked up. */
export function readSecret(name: string): Promise<string> {
  const value = process.env[`${name.toUpperCase()}_API_KEY`];
  if (value === undefined) return Promise.reject(new Error(`Set ${name.toUpperCase()}_API_KEY`));
  return Promise.resolve(value);
}
