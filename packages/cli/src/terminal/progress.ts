import { bytesText, countText, durationText } from './amounts.ts';

/** What a terminal offers; `process.stderr` does. */
export type Screen = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

export type Measure = {
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  readonly ofBytes: number;
};

const repaintMs = 100;
const lineEveryMs = 5000;
/** The rate is that of the last ten seconds: an hour's average would hide that the line has just become slow. */
const rateWindowMs = 10_000;
const widestBar = 30;
const narrowestBar = 5;
const clearLine = '\r\u001b[2K';

/**
 * A progress bar on a terminal, and a line every few seconds elsewhere.
 *
 * Of its own, since the picked one (@clack/prompts 1.9) puts the keyboard in raw mode and answers Ctrl-C with exit
 * code 0: a send that was stopped would pass for one that was done.
 */
export class Progress {
  readonly #screen: Screen;
  readonly #now: () => number;
  readonly #verb: string;
  #measure: Measure = { files: 0, ofFiles: 0, bytes: 0, ofBytes: 0 };
  #samples: { at: number; bytes: number }[] = [];
  #note = '';
  #lineAt: number;
  #remarkAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen, verb: string, now: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#verb = verb;
    this.#now = now;
    this.#lineAt = now();
  }

  start(measure: Measure): void {
    this.#measure = measure;
    this.#timer = setInterval(() => this.#tick(), repaintMs);
    this.#timer.unref();
    this.#tick();
  }

  update(measure: Measure): void {
    this.#measure = measure;
  }

  /** Stands in the place of rate and time left until it is taken back with ''; alone on the line before the start. */
  note(text: string): void {
    this.#note = text;
    if (this.#timer === undefined && this.#screen.isTTY) this.#screen.write(clearLine + this.#fitting(text));
    this.#tick();
  }

  /** A line for where there is no bar to stand in; not more often than the others. */
  remark(text: string): void {
    const now = this.#now();
    if (this.#screen.isTTY || now - this.#remarkAt < lineEveryMs) return;
    this.#remarkAt = now;
    this.#screen.write(`${text}\n`);
  }

  /** Writes a line that stays, above the bar. */
  say(text: string): void {
    if (this.#screen.isTTY) this.#screen.write(`${clearLine}${text}\n`);
    else this.#screen.write(`${text}\n`);
    this.#tick();
  }

  /** Takes the bar away; what is written next begins on a clean line. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#screen.isTTY) this.#screen.write(clearLine);
  }

  #tick(): void {
    if (this.#timer === undefined) return;
    const now = this.#now();
    this.#samples.push({ at: now, bytes: this.#measure.bytes });
    while (now - (this.#samples[0]?.at ?? now) > rateWindowMs) this.#samples.shift();
    if (this.#screen.isTTY) {
      this.#screen.write(clearLine + this.#fitting(this.line(now)));
    } else if (now - this.#lineAt >= lineEveryMs) {
      this.#lineAt = now;
      this.#screen.write(`${this.line(now)}\n`);
    }
  }

  /** One column stays free: a full line would wrap, and then could not be painted over. */
  #fitting(line: string): string {
    return [...line].slice(0, Math.max(1, (this.#screen.columns || 80) - 1)).join('');
  }

  line(now: number): string {
    const { files, ofFiles, bytes, ofBytes } = this.#measure;
    const share = ofBytes > 0 ? Math.min(1, Math.max(0, bytes / ofBytes)) : 0;
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    const counts = ` · ${files.toLocaleString('en-US')} of ${countText(ofFiles, 'file')}`;
    const rest = this.#note === '' ? `${bytesText(bytes)} of ${bytesText(ofBytes)}${this.#rate(now)}` : this.#note;
    const room = (this.#screen.columns || 80) - this.#verb.length - 2;
    // What is being waited for is the news; the counts give way to it.
    const whole = `${percent}${counts} · ${rest}`;
    const text = this.#note !== '' && whole.length > room ? `${percent} · ${rest}` : whole;
    return `${this.#verb}${this.#bar(share, room - text.length)}${text}`;
  }

  /** The bar takes what room the words leave, and goes when that is little: the words say more. */
  #bar(share: number, room: number): string {
    const width = Math.min(widestBar, room);
    if (!this.#screen.isTTY || width < narrowestBar) return '';
    const full = Math.floor(share * width);
    return ` ${'█'.repeat(full)}${'░'.repeat(width - full)}`;
  }

  #rate(now: number): string {
    const { bytes, ofBytes } = this.#measure;
    const first = this.#samples[0];
    if (first === undefined || now - first.at < 500 || bytes <= first.bytes) return '';
    const perMs = (bytes - first.bytes) / (now - first.at);
    return ` · ${(perMs / 1000).toFixed(1)} MB/s · ${durationText((ofBytes - bytes) / perMs)} left`;
  }
}
