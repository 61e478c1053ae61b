/** The worker of docker-compose.yml: everything it needs comes from the environment. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { UnstructuredPlugin } from 'temporal-unstructured';

async function main(): Promise<void> {
  const { connectionOptions, namespace } = loadClientConnectConfig(); // TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: required('TASK_QUEUE'),
    workflowsPath: require.resolve('./workflows'),
    plugins: [
      new UnstructuredPlugin({
        apiKey: required('UNSTRUCTURED_API_KEY'),
        baseUrl: process.env['UNSTRUCTURED_API_URL'],
        allowInsecureHttp: process.env['UNSTRUCTURED_ALLOW_HTTP'] === 'true', // for the fake API inside the Docker network
        documents: { folders: [required('DOCUMENTS_FOLDER')] },
        outputs: { folders: [required('OUTPUTS_FOLDER')] },
      }),
    ],
    shutdownGraceTime: '10 seconds',
  });
  await worker.run(); // until SIGTERM or SIGINT
  await connection.close();
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
