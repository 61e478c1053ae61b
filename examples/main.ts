import { createWorker } from './worker';

void createWorker().then((worker) => worker.run());
