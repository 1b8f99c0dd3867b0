import type { RestPath } from '../parts/api-rest.ts';

export const WEBHOOK_PATH = '/whatsapp';
export const STATUS_PATH = '/whatsapp/status';

const CORS = {
  methods: ['POST', 'OPTIONS'],
  headers: ['Content-Type', 'X-Twilio-Signature', 'Accept', 'User-Agent'],
  maxAgeSeconds: 3_600,
} as const;

/** Paths of contract replies §9. */
export const PATHS: readonly RestPath[] = [
  { id: 'whatsapp', path: WEBHOOK_PATH, methods: ['POST'], cors: CORS },
  { id: 'whatsapp_status', path: STATUS_PATH, methods: ['POST'], cors: CORS },
];

/** What an access log line tells (contract replies §9): no body, no query. */
export const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  requestTime: '$context.requestTime',
  httpMethod: '$context.httpMethod',
  resourcePath: '$context.resourcePath',
  status: '$context.status',
  protocol: '$context.protocol',
  responseLength: '$context.responseLength',
});
