import type LogUpdate from 'log-update' with { 'resolution-mode': 'import' };
import type { JobView } from './job-view';
import { renderChanges, renderFrame } from './render-progress';
import { createPaint, span, type Paint } from './text';

/** Where the demo is shown: redrawn on a terminal, line after line anywhere else. */
export class Screen {
  readonly paint: Paint;
  readonly #live: typeof LogUpdate | undefined;
  readonly #startedAt = Date.now();
  #printed: ReadonlyMap<string, string> = new Map();

  private constructor(live: typeof LogUpdate | undefined) {
    this.#live = live;
    this.paint = createPaint(isTerminal() && !process.env['NO_COLOR'] && process.stdout.hasColors());
  }

  /** @param isLive Whether lines may be redrawn; only on a terminal, and only while nothing else writes to it */
  static async open(isLive: boolean): Promise<Screen> {
    const canRedraw = isLive && isTerminal();
    return new Screen(canRedraw ? (await import('log-update')).default : undefined);
  }

  /** Columns; without a terminal nothing has to be cut. */
  get width(): number {
    return isTerminal() ? Math.max(40, process.stdout.columns) : Infinity;
  }

  /** Text that stays. */
  print(text: string): void {
    this.#live?.clear();
    process.stdout.write(`${text}\n`);
  }

  /** A line that the next output replaces; left out where nothing is redrawn. */
  note(text: string): void {
    this.#live?.(this.paint.dim(text));
  }

  showProgress(jobs: readonly JobView[]): void {
    if (this.#live) {
      this.#live(renderFrame(jobs, Date.now(), this.width, this.paint));
      return;
    }
    const { lines, now } = renderChanges(jobs, this.#printed);
    this.#printed = now;
    const at = span(Date.now() - this.#startedAt).padStart(7);
    for (const line of lines) this.print(`${at}  ${line}`);
  }

  /** What was drawn last stays. */
  settle(): void {
    this.#live?.done();
  }
}

/** One that tells no size is none: nothing can be redrawn there. */
function isTerminal(): boolean {
  const { isTTY, rows, columns } = process.stdout;
  return isTTY && rows > 0 && columns > 0;
}
