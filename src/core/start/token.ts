/**
 * Beginning of the uploaded names: 12 hex digits that stand for a text. They are the same on every machine, in every replay and after a reset. They
 * protect against accidental collisions only, like a random number of 48 bits (the hash cyrb53, untruncated).
 */
export function tokenFrom(text: string): string {
  let [one, two] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    one = Math.imul(one ^ code, 2_654_435_761);
    two = Math.imul(two ^ code, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909);
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  const digits = [two, one].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
  return digits.slice(0, 12);
}
