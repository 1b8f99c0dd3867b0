/** A platform that takes everything and shows it, in place of the network. */
export function printingFetch(show: (line: string) => void): typeof fetch {
  let number = 0;
  return async (input, init) => {
    const request = new Request(input, init);
    const { hostname, pathname } = new URL(request.url);
    number += 1;
    const isTelegram = hostname.endsWith('telegram.org');
    const method = isTelegram ? (pathname.split('/').at(-1) ?? '') : 'message';
    const body = await bodyOf(request);
    const text = textOf(body);
    // Signs of typing and read marks are no messages.
    if (text !== undefined) show(text);
    if (!isTelegram) return Response.json({ success: true, messages: [{ id: `wamid.dev-${number}` }] });
    const bot = { id: 1, is_bot: true, first_name: 'dev', username: 'dev_bot' };
    return Response.json({ ok: true, result: method === 'getMe' ? bot : { message_id: number } });
  };
}

type Body = Readonly<Record<string, unknown>>;

async function bodyOf(request: Request): Promise<Body> {
  try {
    return (await request.json()) as Body;
  } catch {
    return {};
  }
}

const MEDIA = ['photo', 'audio', 'voice', 'video', 'document', 'sticker', 'image', 'interactive', 'template'];

/** What the user would see; undefined for what is not seen. */
function textOf(body: Body): string | undefined {
  const { text } = body;
  if (typeof text === 'string') return text;
  if (typeof text === 'object' && text !== null && 'body' in text) return String(text.body);
  const medium = MEDIA.find((name) => body[name] !== undefined);
  return medium === undefined ? undefined : `(${medium}) ${JSON.stringify(body[medium])}`;
}
