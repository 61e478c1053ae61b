import type { DocumentSource } from '../../src';

/** A source of one document that breaks off when it is sent first. */
export function breakingSource(): DocumentSource {
  let opened = 0;
  return {
    open: () => {
      const breaksOff = (opened += 1) === 1;
      async function* stream() {
        yield await Promise.resolve(Buffer.from('text'));
        if (breaksOff) throw new Error('the storage went away');
      }
      return Promise.resolve({ bytes: undefined, stream });
    },
  };
}
