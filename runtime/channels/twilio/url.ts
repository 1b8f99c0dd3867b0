import { asRecord, asText, type JsonRecord } from '../../core/json.ts';

/**
 * The addresses that Twilio may have signed a request under, likeliest first (contract replies §12.1). `publicUrl` is
 * the public address of this path, where one is set; its own query and fragment do not count. Otherwise the address is
 * what the gateway says of itself; headers are not believed. Empty when the event is no HTTP request.
 */
export function signedUrls(event: unknown, publicUrl?: string): readonly string[] {
  const shape = asRecord(event);
  const base = publicUrl?.replace(/[?#].*$/s, '') || gatewayUrl(shape);
  return base === undefined ? [] : queriesOf(shape).map((query) => base + (query && `?${query}`));
}

/** REST: `requestContext.path` begins with the stage or the base path. HTTP API: so does `rawPath`. */
function gatewayUrl(event: JsonRecord): string | undefined {
  const context = asRecord(event.requestContext);
  const host = asText(context.domainName) ?? hostHeader(event);
  const path = asText(event.rawPath) ?? asText(context.path) ?? stagedPath(context, event);
  return host !== undefined && path !== undefined ? `https://${host}${path}` : undefined;
}

function stagedPath(context: JsonRecord, event: JsonRecord): string | undefined {
  const path = asText(event.path);
  const stage = asText(context.stage);
  return path && stage && stage !== '$default' ? `/${stage}${path}` : path;
}

function hostHeader({ headers }: JsonRecord): string | undefined {
  const entry = Object.entries(asRecord(headers)).find(([name]) => name.toLowerCase() === 'host');
  return asText(entry?.[1]);
}

/** The raw query, or, in REST events, which hold only its decoded parts, every order in which it may have stood. */
function queriesOf(event: JsonRecord): readonly string[] {
  const raw = event.rawQueryString;
  if (typeof raw === 'string') return [raw];
  const pairs = decodedPairs(event);
  return pairs.length <= MAX_PERMUTED
    ? permutations(pairs).map((order) => order.join('&'))
    : [pairs.join('&')];
}

/** 24 orders; our own addresses have two names. */
const MAX_PERMUTED = 4;

function decodedPairs(event: JsonRecord): string[] {
  const many = asRecord(event.multiValueQueryStringParameters);
  const values = Object.keys(many).length > 0 ? many : asRecord(event.queryStringParameters);
  return Object.entries(values).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one ?? ''))}`),
  );
}

function permutations(items: readonly string[]): string[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
