/** Pages that listen at a time; a browser holds six at the most. */
const MAX_LISTENERS = 12;
/** A page that reads slower than this loses its connection; it comes back by itself and gets everything anew. */
const MAX_BACKLOG = 2000;
const HEARTBEAT_MILLIS = 15_000;

type Listener = ReadableStreamDefaultController<Uint8Array>;

/** Server-sent events to every page that listens. */
export class EventStream {
  private readonly listeners = new Set<Listener>();
  private readonly encoder = new TextEncoder();
  private readonly heartbeat = setInterval(() => this.write(':\n\n'), HEARTBEAT_MILLIS).unref();

  get listening(): number {
    return this.listeners.size;
  }

  send(event: string, data: unknown): void {
    this.write(encode(event, data));
  }

  /** A page's connection; `first` is what it is told at once. Undefined when too many listen. */
  open(first: readonly (readonly [event: string, data: unknown])[]): Response | undefined {
    if (this.listeners.size >= MAX_LISTENERS) return undefined;
    let listener: Listener | undefined;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          listener = controller;
          this.listeners.add(controller);
          for (const [event, data] of first) controller.enqueue(this.encoder.encode(encode(event, data)));
        },
        cancel: () => {
          if (listener) this.listeners.delete(listener);
        },
      },
      { highWaterMark: MAX_BACKLOG },
    );
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  }

  close(): void {
    clearInterval(this.heartbeat);
    for (const listener of this.listeners) listener.close();
    this.listeners.clear();
  }

  private write(text: string): void {
    const bytes = this.encoder.encode(text);
    for (const listener of this.listeners) {
      if ((listener.desiredSize ?? 0) > 0) listener.enqueue(bytes);
      else {
        this.listeners.delete(listener);
        listener.error(new Error('The page does not keep up.'));
      }
    }
  }
}

const encode = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
