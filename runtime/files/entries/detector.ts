import { buildDetectorHandler } from '../detector-handler.ts';

export const handler = buildDetectorHandler();
