import { ensureServer } from './ensure-server';

export const setup = (): Promise<void> => ensureServer('dev');
