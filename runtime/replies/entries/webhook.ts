import { buildWebhookHandler } from '../webhook-handler.ts';

export const handler = buildWebhookHandler();
