import type * as LogUpdate from 'log-update' with { 'resolution-mode': 'import' };
import type { WriteStream } from 'node:tty';
import { createPaint, span, type Paint } from './text';

/** Something in progress, as it is shown. */
export interface Showing {
  /** Lines that are redrawn on a terminal. */
  frame: (now: number, width: number, paint: Paint) => string;
  /** What has changed since the lines that were printed before, for output that is not a terminal. */
  changes: (before: ReadonlyMap<string, string>) => { lines: string[]; now: Map<string, string> };
}

type Live = ReturnType<(typeof LogUpdate)['createLogUpdate']>;

/** Shows what the program does: lines are redrawn on a terminal, and printed one after another elsewhere. */
export class Screen {
  readonly paint: Paint;
  readonly #stream: WriteStream;
  readonly #live: Live | undefined;
  readonly #startedAt = Date.now();
  #printed: ReadonlyMap<string, string> = new Map();

  private constructor(stream: WriteStream, live: Live | undefined) {
    this.#stream = stream;
    this.#live = live;
    this.paint = createPaint(isTerminal(stream) && !process.env['NO_COLOR'] && stream.hasColors());
  }

  /** @param isLive Whether lines may be redrawn; only on a terminal, and only while nothing else writes to it */
  static async open(isLive: boolean, stream: WriteStream = process.stdout): Promise<Screen> {
    const canRedraw = isLive && isTerminal(stream);
    return new Screen(stream, canRedraw ? (await import('log-update')).createLogUpdate(stream) : undefined);
  }

  /** Width in columns. Without a terminal, it is unlimited. */
  get width(): number {
    return isTerminal(this.#stream) ? Math.max(40, this.#stream.columns) : Infinity;
  }

  /** How long the program has run, in milliseconds. */
  get elapsed(): number {
    return Date.now() - this.#startedAt;
  }

  /** Prints text that stays. */
  print(text: string): void {
    this.#live?.clear();
    this.#stream.write(`${text}\n`);
  }

  /** Shows a line that the next output replaces. Without redrawing, nothing is shown. */
  note(text: string): void {
    this.#live?.(this.paint.dim(text));
  }

  showProgress(showing: Showing): void {
    if (this.#live) {
      this.#live(showing.frame(Date.now(), this.width, this.paint));
      return;
    }
    const { lines, now } = showing.changes(this.#printed);
    this.#printed = now;
    const at = span(this.elapsed).padStart(7);
    for (const line of lines) this.print(`${at}  ${line}`);
  }

  /** Keeps the last drawn lines on the screen. */
  settle(): void {
    this.#live?.done();
  }
}

/** Whether a stream is a terminal. A terminal that reports no size does not count, because lines cannot be redrawn on it. */
function isTerminal({ isTTY, rows, columns }: WriteStream): boolean {
  return isTTY && rows > 0 && columns > 0;
}
