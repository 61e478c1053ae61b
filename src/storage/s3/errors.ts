import type { S3Client } from '@aws-sdk/client-s3';
import { errorCauses, errorCode, readField, errorMessage, errorShape } from '../../core/error-shape';
import { readRetryAfter } from '../../network/retry-after';
import { mayPass } from '../../network/statuses';
import { tlsRefusal } from '../../network/tls-refusal';
import { bareMessage, type StorageErrorKind, UnstructuredStorageError } from '../../core/storage-error';
import { isPassingCode, kindOfAnswer } from '../error-kinds';

/** Names of the SDK's errors for a missing credential. */
export const PROVIDER_CODES: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** Codes of errors where a credential is refused, or none could be loaded. */
const CREDENTIAL_CODES = new Set([
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'InvalidSignatureException',
  'InvalidToken',
  'InvalidTokenId',
  'UnrecognizedClientException',
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'SignatureDoesNotMatch',
  'AuthFailure',
  ...PROVIDER_CODES,
]);

/** The signature of the request is too old. The next try gets a new one. */
const SIGNED_TOO_LATE = 'RequestExpired';

/** Names under which the SDK reports an answer whose code it could not read. */
const NO_CODES: readonly string[] = ['', 'Unknown', 'UnknownError', 'Error', 'S3ServiceException'];

const MAX_MESSAGE = 300;

/** Converts the error of a request, as `s3Error` does. If the credential for the request could not be loaded, the message says so. */
export async function s3RequestError(
  client: S3Client,
  error: unknown,
  what: string,
): Promise<UnstructuredStorageError> {
  const isUnloaded = await failsToLoad(client, error);
  return s3Error(error, isUnloaded ? `${what}: the credential could not be loaded` : what, isUnloaded);
}

/** Whether loading the client's credential fails in the same way as a request did. A credential that was loaded is kept, and not loaded again. */
async function failsToLoad({ config }: Partial<S3Client>, error: unknown): Promise<boolean> {
  try {
    await config?.credentials();
    return false;
  } catch (again) {
    const [one, two] = [errorShape(error), errorShape(again)];
    return one.name === two.name && one.code === two.code && readStatus(error) === readStatus(again);
  }
}

/** Converts an error of the AWS SDK, and adds what the server answered. `what` begins its message. */
export function s3Error(error: unknown, what: string, isUnloaded = false): UnstructuredStorageError {
  const status = readStatus(error);
  const code = s3CodeOf(error);
  const headers = (readField(readField(error, '$response'), 'headers') ?? {}) as Record<string, string | undefined>;
  const region = headers['x-amz-bucket-region'] ?? readField(error, 'Region') ?? readField(error, 'region');
  const requestId = readField(readField(error, '$metadata'), 'requestId') ?? headers['x-amz-request-id'];
  const retryAfterMs = readRetryAfter(headers, Date.now());
  const message = errorMessage(error).slice(0, MAX_MESSAGE);
  return new UnstructuredStorageError(NO_CODES.includes(message) ? what : `${what}: ${message}`, {
    kind: classify(error, status, code, isUnloaded),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(typeof requestId === 'string' && { requestId }),
    ...(typeof region === 'string' && { region }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  });
}

function classify(
  error: unknown,
  status: number | undefined,
  code: string | undefined,
  isUnloaded: boolean,
): StorageErrorKind {
  if ((code !== undefined && CREDENTIAL_CODES.has(code)) || status === 401) return 'credential';
  if (code !== undefined && (code === SIGNED_TOO_LATE || isPassingCode(code))) return 'passing';
  if (isUnloaded) return status !== undefined && mayPass(status) ? 'passing' : 'credential';
  if (status !== undefined && (status < 300 || status === 307)) return 'passing'; // cut off, or soon to be answered by another server
  if (status !== undefined) return kindOfAnswer(status);
  if (/^Resolved credential object is not valid/.test(errorMessage(error))) return 'credential';
  return tlsRefusal(error) !== undefined || isSetUpWrong(error, code) ? 'lasting' : 'passing';
}

/**
 * Makes the error of an output retryable if the answer has no error code. Such an answer does not come from a storage service. It is, for example, a
 * proxy's refusal or sign-in page, and may be gone within minutes. The output is already paid for.
 */
export function retryableByDefault(error: UnstructuredStorageError): UnstructuredStorageError {
  const { kind, status = NaN, code } = error.details;
  if (kind !== 'lasting' || code !== undefined || !(status < 500)) return error;
  return new UnstructuredStorageError(bareMessage(error), { ...error.details, kind: 'passing', cause: error.cause });
}

/** Whether the SDK or Node reports a wrong set-up before any request is sent, such as a missing region or an invalid header. */
function isSetUpWrong(error: unknown, code = ''): boolean {
  const codes = ['ERR_INVALID_URL', 'ERR_INVALID_ARG_TYPE', 'ERR_INVALID_CHAR', 'EndpointError'];
  return codes.includes(code) || /^Region is missing/.test(errorMessage(error));
}

/** The server's error code, or else the code of the network error; undefined if neither is known. */
export function s3CodeOf(error: unknown): string | undefined {
  const names = [readField(error, 'Code'), errorShape(error).name];
  const told = names.find((name): name is string => typeof name === 'string' && !NO_CODES.includes(name));
  const isAnswered = readStatus(error) !== undefined;
  if (isAnswered) return told;
  const credential = errorCauses(error)
    .map((one) => errorShape(one).name)
    .find((name) => CREDENTIAL_CODES.has(name));
  return credential ?? errorCode(error) ?? told;
}

/** HTTP status of an error of the AWS SDK; undefined if there was no answer. */
export function readStatus(error: unknown): number | undefined {
  const status = readField(readField(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
