/**
 * A process of its own that keeps a Temporal dev server: out of reach of the terminal's Ctrl-C, so that the worker can end in order before
 * its server, and gone with the program that started it, even where that is killed.
 */
import { createDevEnvironment } from '../../testing/environment';

export type DevServerMessage = { address: string } | { error: string };

async function main([uiPort, port]: number[]): Promise<void> {
  const starting = createDevEnvironment({ server: { uiPort, port } });
  process.once('disconnect', () => {
    const stopping = starting.then((env) => env.teardown());
    void stopping.then(end, end);
  });
  await starting.then(
    (env) => tell({ address: env.address }),
    (error: unknown) => tell({ error: error instanceof Error ? error.message : String(error) }),
  );
}

function tell(message: DevServerMessage): void {
  process.send?.(message);
}

function end(): void {
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
void main(process.argv.slice(2).map(Number));
