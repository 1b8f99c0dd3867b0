import { startServer } from '../../local/server.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import { platformRoute } from '../../local/stand-ins/routes.ts';
import { createTelegramStandIn } from '../../local/stand-ins/telegram.ts';
import { defineTwilioConformance } from './twilio-messages.ts';

defineTwilioConformance(
  'in this process',
  async ({ fetch }) => ({ baseUrl: 'https://api.twilio.com', fetch, close: async () => {} }),
  'transient',
);

defineTwilioConformance(
  'over a connection',
  async (twilio) => {
    const others = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
    const server = await startServer([platformRoute({ ...others, twilio })], 0, '127.0.0.1');
    return { baseUrl: `http://127.0.0.1:${server.port}`, fetch, close: () => server.close() };
  },
  'unclear',
);
