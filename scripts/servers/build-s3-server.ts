import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cachedFolder } from '../../src/testing/find-server';
import { fillCache } from './fill-cache';
import { interruptible } from './interruptible';
import { runCommand } from './run-command';

const VERSION = '1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;

const FOLDER = cachedFolder(`versitygw-${VERSION}`);

/** Where the executable of a real S3-compatible server for tests is, once it is built. */
export const S3_SERVER = join(FOLDER, 'versitygw');

/**
 * Makes sure that it is there: built with Go, once for this user and version, which takes about a minute.
 * @throws Error where Go is missing or the build fails
 */
export async function ensureS3Server(report: (line: string) => void = console.error): Promise<string> {
  if (existsSync(S3_SERVER)) return S3_SERVER;
  report(`Building the S3 server ${VERSION} with Go, once for this user and version: about a minute.`);
  await interruptible((signal) =>
    fillCache({
      folder: FOLDER,
      build: (staging, log) =>
        runCommand('go', ['install', '-ldflags', '-s -w', MODULE], {
          log,
          signal,
          cwd: staging,
          env: { CGO_ENABLED: '0', GOBIN: staging },
        }),
      works: (built) => Promise.resolve(existsSync(join(built, basename(S3_SERVER)))),
    }),
  );
  return S3_SERVER;
}
