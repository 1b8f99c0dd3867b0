import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../local/console/event-stream.ts';

describe('the event stream', () => {
  it('tells a page what is known, then what happens, until the page leaves', async () => {
    const stream = new EventStream();
    const response = stream.open([['state', { a: 1 }]])!;
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    stream.send('message', { text: 'two\nlines' });
    expect((await reader.read()).value).toBe('event: state\ndata: {"a":1}\n\n');
    expect((await reader.read()).value).toBe('event: message\ndata: {"text":"two\\nlines"}\n\n');
    expect(stream.listening).toBe(1);
    await reader.cancel();
    expect(stream.listening).toBe(0);
    stream.close();
  });

  it('lets a page go that does not read, and takes no more than a dozen', () => {
    const stream = new EventStream();
    stream.open([]);
    for (let n = 0; n < 2100; n++) stream.send('message', n);
    expect(stream.listening).toBe(0);
    for (let n = 0; n < 12; n++) expect(stream.open([])).toBeDefined();
    expect(stream.open([])).toBeUndefined();
    stream.close();
  });
});
