import { ensureS3Server } from '../../scripts/servers/build-s3-server';

/** Without the server, the tests that need it are skipped. */
export async function setup(): Promise<void> {
  await ensureS3Server().catch((error: unknown) =>
    console.warn(`S3 is not tested against a real server: ${(error as Error).message}`),
  );
}
