import { describe, expect, it } from 'vitest';
import { signedUrls } from '../../../../runtime/channels/twilio/url.ts';

const rest = (more: object = {}) => ({
  path: '/whatsapp',
  httpMethod: 'POST',
  headers: { Host: 'abc.execute-api.eu-north-1.amazonaws.com' },
  queryStringParameters: null,
  requestContext: {
    domainName: 'abc.execute-api.eu-north-1.amazonaws.com',
    path: '/dev/whatsapp',
    stage: 'dev',
    httpMethod: 'POST',
  },
  ...more,
});
const REST_URL = 'https://abc.execute-api.eu-north-1.amazonaws.com/dev/whatsapp';
const v2 = (rawPath: string, rawQueryString = '', domainName = 'api.example.com') => ({
  version: '2.0',
  rawPath,
  rawQueryString,
  headers: { host: 'elsewhere.example.com' },
  requestContext: { domainName, stage: '$default', http: { method: 'POST', path: rawPath } },
});

describe('signedUrls of a REST event', () => {
  it('has the stage in its path', () => {
    expect(signedUrls(rest())).toEqual([REST_URL]);
  });

  it('puts the stage before the path where the context gives no path', () => {
    const event = rest({ requestContext: { domainName: 'api.example.com', stage: 'dev' } });
    expect(signedUrls(event)).toEqual(['https://api.example.com/dev/whatsapp']);
    const plain = rest({ requestContext: { domainName: 'api.example.com', stage: '$default' } });
    expect(signedUrls(plain)).toEqual(['https://api.example.com/whatsapp']);
  });

  it('keeps the base path of a custom domain', () => {
    const requestContext = { domainName: 'hooks.example.com', path: '/replies/whatsapp', stage: 'dev' };
    expect(signedUrls(rest({ path: '/replies/whatsapp', requestContext }))).toEqual([
      'https://hooks.example.com/replies/whatsapp',
    ]);
  });

  it('tries the query in the order given first, then in every other: the event does not keep it', () => {
    const event = rest({ queryStringParameters: { turn: 't1', part: '1' } });
    expect(signedUrls(event)).toEqual([`${REST_URL}?turn=t1&part=1`, `${REST_URL}?part=1&turn=t1`]);
  });

  it('keeps repeated and blank values and escapes what was decoded', () => {
    const event = rest({
      queryStringParameters: { a: '2', n: 'Zoë & co', b: '' },
      multiValueQueryStringParameters: { a: ['1', '2'], n: ['Zoë & co'], b: [''] },
    });
    expect(signedUrls(event)[0]).toBe(`${REST_URL}?a=1&a=2&n=Zo%C3%AB%20%26%20co&b=`);
  });

  it('gives one order only of a long query', () => {
    const queryStringParameters = { a: '1', b: '2', c: '3', d: '4', e: '5' };
    expect(signedUrls(rest({ queryStringParameters }))).toEqual([`${REST_URL}?a=1&b=2&c=3&d=4&e=5`]);
  });

  it('takes the Host header only where the gateway names no domain, and never X-Forwarded-Host', () => {
    const headers = { host: 'api.example.com', 'X-Forwarded-Host': 'evil.example.com' };
    const event = rest({ headers, requestContext: { path: '/dev/whatsapp' } });
    expect(signedUrls(event)).toEqual(['https://api.example.com/dev/whatsapp']);
    expect(signedUrls(rest({ headers }))).toEqual([REST_URL]);
  });
});

describe('signedUrls of HTTP API and function URL events', () => {
  it('takes path and query as they came', () => {
    expect(signedUrls(v2('/dev/whatsapp', 'b=2&a=1&b=%20x'))).toEqual([
      'https://api.example.com/dev/whatsapp?b=2&a=1&b=%20x',
    ]);
    expect(signedUrls(v2('/whatsapp', '', 'xyz.lambda-url.eu-north-1.on.aws'))).toEqual([
      'https://xyz.lambda-url.eu-north-1.on.aws/whatsapp',
    ]);
  });
});

describe('signedUrls with a public address', () => {
  it('takes that, with the query of the request and not its own', () => {
    const own = 'https://hooks.example.com/dev/whatsapp?x=1#rc=3&rp=5xx,ct,rt';
    expect(signedUrls(v2('/other', 'a=1&b=2'), own)).toEqual([
      'https://hooks.example.com/dev/whatsapp?a=1&b=2',
    ]);
    expect(signedUrls(rest(), own)).toEqual(['https://hooks.example.com/dev/whatsapp']);
  });

  it('is none when blank', () => {
    expect(signedUrls(rest(), '')).toEqual([REST_URL]);
  });
});

it.each([[undefined], [null], ['text'], [{}], [{ Records: [] }]])('no request, no address: %j', (event) => {
  expect(signedUrls(event)).toEqual([]);
});
