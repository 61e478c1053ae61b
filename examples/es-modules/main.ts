import { createWorker } from './worker.js';

await (await createWorker()).run();
