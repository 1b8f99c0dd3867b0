import { describe, expect, it } from 'vitest';
import { awsError } from '../../support/tap.ts';
import { APP_SECRET, type IngressWorld, ingressWorld, telegramText, whatsappText } from './ingress-world.ts';

const PARAMETER = '/hookline/prod/env';
const ENV = `WHATSAPP_APP_SECRET="${APP_SECRET}"\nexport WHATSAPP_TOKEN='graph-token' # rotated in May\n`;

/** A WhatsApp bot whose token and app secret are in the parameter only. */
function world(
  parameter: string | undefined,
  variables: Readonly<Record<string, string>> = {},
): IngressWorld {
  const made = ingressWorld('whatsapp', {
    ENV_PARAMETER_NAME: PARAMETER,
    WHATSAPP_TOKEN: undefined,
    WHATSAPP_APP_SECRET: undefined,
    WHATSAPP_VERIFY_SIGNATURE: 'true',
    ...variables,
  });
  if (parameter !== undefined) made.ssm.parameters.set(PARAMETER, parameter);
  return made;
}

const down = (made: IngressWorld) => {
  made.tap.before = ({ name }) => {
    if (name === 'GetParameter') throw awsError('InternalServerError', 500);
  };
};

describe('SSM', () => {
  it('bot A42: down at the cold start is 503, and the next invocation recovers', async () => {
    const made = world(ENV);
    down(made);
    expect(await made.send(whatsappText(made))).toMatchObject({
      statusCode: 503,
      body: '"Temporarily unavailable."',
    });
    expect(made.lambda.invocations).toEqual([]);
    made.tap.before = undefined;
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 200 });
    expect(made.lambda.invocations).toHaveLength(1);
    expect(made.log.text).not.toContain(APP_SECRET);
  });

  it('bot A43: a secret rotated in SSM is accepted after 300 s', async () => {
    const made = world(ENV.replace(APP_SECRET, 'old-secret'));
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 403 });
    made.ssm.parameters.set(PARAMETER, ENV);
    made.clock.jump(299_000);
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 403 });
    expect(made.tap.calls).toEqual(['GetParameter']);
    made.clock.jump(2000);
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 200 });
    expect(made.tap.calls).toEqual(['GetParameter', 'GetParameter', 'Invoke']);
  });

  it('bot A43: a secret of Secrets Manager likewise, by the same call, without a deployment', async () => {
    const name = '/aws/reference/secretsmanager/shop/env';
    const made = world(undefined, { ENV_PARAMETER_NAME: name });
    made.ssm.parameters.set(name, ENV.replace(APP_SECRET, 'old-secret'));
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 403 });
    // Secrets Manager takes what no parameter holds.
    made.ssm.parameters.set(name, `${ENV}PADDING=${'x'.repeat(60_000)}\n`);
    made.clock.jump(301_000);
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 200 });
    expect(made.tap.details.filter(({ name: call }) => call === 'GetParameter')).toEqual([
      expect.objectContaining({ input: { Name: name, WithDecryption: true } }),
      expect.objectContaining({ input: { Name: name, WithDecryption: true } }),
    ]);
  });

  it('bot A43: a Telegram secret likewise, and a real variable still wins', async () => {
    const made = ingressWorld('telegram', {
      ENV_PARAMETER_NAME: PARAMETER,
      TELEGRAM_WEBHOOK_SECRET_TOKEN: undefined,
    });
    made.ssm.parameters.set(PARAMETER, 'TELEGRAM_WEBHOOK_SECRET_TOKEN=old\nTELEGRAM_TOKEN=of-the-parameter');
    expect(await made.send(telegramText(made))).toMatchObject({ statusCode: 403 });
    made.ssm.parameters.set(PARAMETER, 'TELEGRAM_WEBHOOK_SECRET_TOKEN=secret_token-1\nBOT_TYPE=whatsapp');
    made.clock.jump(301_000);
    expect(await made.send(telegramText(made))).toMatchObject({ statusCode: 200 });
  });

  it('serves the last good values for ten intervals while SSM is down, then 503', async () => {
    const made = world(ENV);
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 200 });
    down(made);
    made.clock.jump(2_990_000);
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 200 });
    expect(made.log.of('parameter_refresh_failed')).toHaveLength(1);
    made.clock.jump(301_000);
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 503 });
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 503 });
    made.tap.before = undefined;
    expect(await made.send(whatsappText(made))).toMatchObject({ statusCode: 200 });
  });

  it('with ENV_REFRESH_SECONDS=0 reads once', async () => {
    const made = world(ENV, { ENV_REFRESH_SECONDS: '0' });
    await made.send(whatsappText(made));
    made.clock.jump(10_000_000);
    await made.send(whatsappText(made));
    expect(made.tap.calls.filter((name) => name === 'GetParameter')).toHaveLength(1);
  });
});
