/** How a service signs a link: the parameters that every signature of this kind has, and others that may belong to it. */
interface SignatureScheme {
  required: Readonly<Record<string, RegExp>>;
  optional: readonly string[];
}

const ANY = /^./s;
const DIGITS = /^\d+$/;
const STAMP = /^\d{8}T\d{6}Z$/;
const HEX = /^[0-9a-f]+$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const SCHEMES: readonly SignatureScheme[] = [
  // AWS and Google, version 4.
  version4('X-Amz-', /^AWS4-/, ['X-Amz-Security-Token', 'X-Amz-Region-Set']),
  version4('X-Goog-', /^GOOG4-/, []),
  // AWS, version 2.
  {
    required: { AWSAccessKeyId: ANY, Signature: ANY, Expires: DIGITS },
    optional: ['x-amz-security-token'],
  },
  // Google, version 2.
  { required: { GoogleAccessId: ANY, Signature: ANY, Expires: DIGITS }, optional: [] },
  // Azure: a shared access signature for one resource, and one for an account.
  {
    required: { sv: DAY, sr: ANY, sig: ANY },
    optional: [
      ...['sp', 'st', 'se', 'sip', 'spr', 'si', 'sdd', 'ses'],
      ...['skoid', 'sktid', 'skt', 'ske', 'sks', 'skv', 'saoid', 'suoid', 'scid'],
    ],
  },
  {
    required: { sv: DAY, ss: ANY, srt: ANY, sig: ANY },
    optional: ['sp', 'st', 'se', 'sip', 'spr', 'ses'],
  },
  // CloudFront, with a canned policy and with a custom policy.
  { required: { Expires: DIGITS, Signature: ANY, 'Key-Pair-Id': ANY }, optional: [] },
  { required: { Policy: ANY, Signature: ANY, 'Key-Pair-Id': ANY }, optional: [] },
];

function version4(prefix: string, algorithm: RegExp, optional: readonly string[]): SignatureScheme {
  return {
    required: {
      [`${prefix}Algorithm`]: algorithm,
      [`${prefix}Credential`]: ANY,
      [`${prefix}Date`]: STAMP,
      [`${prefix}SignedHeaders`]: ANY,
      [`${prefix}Signature`]: HEX,
    },
    optional: [`${prefix}Expires`, ...optional],
  };
}

/**
 * A query string without the parameters that sign a link, because these differ each time. They are removed only if all required parameters of one
 * known service are present, well-formed and not repeated. All other parameters stay, because they may identify the document.
 *
 * @param query Without its question mark
 */
export function withoutSignature(query: string): string {
  const pairs = query.split('&');
  const scheme = SCHEMES.find((one) => isSignedBy(one, pairs));
  if (!scheme) return query;
  return pairs.filter((pair) => !belongsTo(scheme, parameterName(pair))).join('&');
}

function isSignedBy(scheme: SignatureScheme, pairs: readonly string[]): boolean {
  const names = pairs.map(parameterName).filter((name) => belongsTo(scheme, name));
  if (new Set(names).size !== names.length) return false;
  return Object.entries(scheme.required).every(([name, form]) =>
    pairs.some((pair) => parameterName(pair) === name && form.test(pair.slice(name.length + 1))),
  );
}

function belongsTo({ required, optional }: SignatureScheme, name: string): boolean {
  return Object.hasOwn(required, name) || optional.includes(name);
}

function parameterName(pair: string): string {
  return pair.split('=', 1)[0] ?? '';
}
