/** 64-bit hash of a text in hex: two sums like FNV-1a. It protects against accidental collisions only. */
export function hashText(text: string): string {
  let [one, two] = [0x811c9dc5, 0x9e3779b9];
  for (const byte of new TextEncoder().encode(text)) {
    one = Math.imul(one ^ byte, 0x01000193);
    two = Math.imul(two ^ byte ^ (one >>> 16), 0x85ebca6b);
  }
  return [one, two].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
}
