// The end of a connection is held for those versions of undici that need it.
import { expect, test } from 'vitest';
import { mustHoldEnd } from '../../src/network/connector';

test.each(['6.29.0', '7.16.0', '7.30.2', '8.0.0', '8.5.0'])('undici %s needs it', (version) => {
  expect(mustHoldEnd(version)).toBe(true);
});

test.each(['8.6.0', '8.13.1', '9.0.0'])('undici %s does not', (version) => expect(mustHoldEnd(version)).toBe(false));
