// A real browser for tests and pictures: Chromium without a window, driven over a pipe by the DevTools protocol. It
// opens local files, says what it saw (console, requests), and knows nothing about reports.
import { type ChildProcess, spawn } from 'node:child_process';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--remote-debugging-pipe',
];

export const findChromium = async (): Promise<string | undefined> => {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      const path = join(folder, name);
      const found = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found && folder !== '') return path;
    }
  return undefined;
};

export interface View {
  readonly scheme: 'light' | 'dark';
  readonly media: 'screen' | 'print';
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Opened {
  /** Value of an expression in the page, as JSON carries it. */
  evaluate(expression: string): Promise<unknown>;
  /** PNG of the whole page, or of its first `heightPx`. */
  screenshot(extent: 'whole' | 'view'): Promise<Buffer>;
  /** PNG of one element. */
  picture(selector: string): Promise<Buffer>;
  pdf(): Promise<Buffer>;
  close(): Promise<void>;
  /** Console messages, exceptions and what the browser itself complained about. */
  readonly complaints: readonly string[];
  /** Everything that was asked for, the page's own file included. */
  readonly requests: readonly string[];
}

export interface Browser {
  open(file: string, view: View): Promise<Opened>;
  close(): Promise<void>;
}

type Message = { readonly [key: string]: unknown };
const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null;
const part = (value: unknown, key: string): unknown => (isMessage(value) ? value[key] : undefined);

interface Wire {
  ask(method: string, parameters?: object, sessionId?: string): Promise<unknown>;
  listen(listener: (message: Message) => void): () => void;
}

const ANSWER_LIMIT_MS = 15_000;

/** Messages are JSON, each ended by a zero byte. */
const wireOf = (child: ChildProcess): Wire => {
  const into = child.stdio[3] as Writable;
  const from = child.stdio[4] as Readable;
  const waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  const listeners = new Set<(message: Message) => void>();
  let next = 1;
  let held = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    const parts = (held + text).split('\0');
    held = parts.pop() ?? '';
    for (const one of parts) {
      const message: unknown = JSON.parse(one);
      if (!isMessage(message)) continue;
      const id = message.id;
      const asked = typeof id === 'number' ? waiting.get(id) : undefined;
      if (asked === undefined) {
        for (const listener of listeners) listener(message);
        continue;
      }
      if (typeof id === 'number') waiting.delete(id);
      if (message.error === undefined) asked.resolve(message.result);
      else asked.reject(new Error(JSON.stringify(message.error)));
    }
  });
  const endAll = (error: Error): void => {
    for (const asked of waiting.values()) asked.reject(error);
    waiting.clear();
  };
  into.on('error', endAll);
  child.once('error', endAll);
  child.once('exit', (code) => endAll(new Error(`chromium ended with ${code}`)));
  return {
    ask: (method, parameters = {}, sessionId) =>
      new Promise((resolve, reject) => {
        const id = next++;
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new Error(`chromium did not answer ${method}`));
        }, ANSWER_LIMIT_MS);
        waiting.set(id, {
          resolve: (value) => {
            clearTimeout(timer);
            resolve(value);
          },
          reject: (error) => {
            clearTimeout(timer);
            reject(error);
          },
        });
        into.write(
          `${JSON.stringify({ id, method, params: parameters, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
        );
      }),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const complaintOf = (message: Message): string | undefined => {
  const parameters = message.params;
  switch (message.method) {
    case 'Runtime.consoleAPICalled':
      return `console: ${JSON.stringify(part(parameters, 'args'))}`;
    case 'Runtime.exceptionThrown':
      return `exception: ${JSON.stringify(part(parameters, 'exceptionDetails'))}`;
    case 'Log.entryAdded':
      return `log: ${String(part(part(parameters, 'entry'), 'text'))}`;
    default:
      return undefined;
  }
};

const openPage = async (wire: Wire, file: string, view: View): Promise<Opened> => {
  const target = part(await wire.ask('Target.createTarget', { url: 'about:blank' }), 'targetId');
  const session = part(
    await wire.ask('Target.attachToTarget', { targetId: target, flatten: true }),
    'sessionId',
  );
  if (typeof session !== 'string') throw new Error('chromium opened no page');
  const ask = (method: string, parameters: object = {}) => wire.ask(method, parameters, session);
  const complaints: string[] = [];
  const requests: string[] = [];
  let loaded: () => void = () => undefined;
  const load = new Promise<void>((resolve) => {
    loaded = resolve;
  });
  wire.listen((message) => {
    if (message.sessionId !== session) return;
    const complaint = complaintOf(message);
    if (complaint !== undefined) complaints.push(complaint);
    if (message.method === 'Network.requestWillBeSent')
      requests.push(String(part(part(message.params, 'request'), 'url')));
    if (message.method === 'Page.loadEventFired') loaded();
  });
  await Promise.all(
    ['Page.enable', 'Runtime.enable', 'Network.enable', 'Log.enable'].map((each) => ask(each)),
  );
  await ask('Emulation.setEmulatedMedia', {
    media: view.media,
    features: [{ name: 'prefers-color-scheme', value: view.scheme }],
  });
  await ask('Emulation.setDeviceMetricsOverride', {
    width: view.widthPx,
    height: view.heightPx,
    deviceScaleFactor: 1,
    mobile: view.widthPx < 600,
  });
  await ask('Page.navigate', { url: pathToFileURL(file).href });
  await load;
  return {
    complaints,
    requests,
    close: async () => {
      await wire.ask('Target.closeTarget', { targetId: target });
    },
    evaluate: async (expression) => {
      const result = await ask('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      const failure = part(result, 'exceptionDetails');
      if (failure !== undefined) throw new Error(JSON.stringify(failure));
      return part(part(result, 'result'), 'value');
    },
    screenshot: async (extent) => {
      const shot = await ask('Page.captureScreenshot', {
        format: 'png',
        captureBeyondViewport: extent === 'whole',
      });
      return Buffer.from(String(part(shot, 'data')), 'base64');
    },
    picture: async (selector) => {
      const box = part(
        part(
          await ask('Runtime.evaluate', {
            expression: `(() => { const { x, y, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { x: x + scrollX, y: y + scrollY, width, height, scale: 1 }; })()`,
            returnByValue: true,
          }),
          'result',
        ),
        'value',
      );
      const shot = await ask('Page.captureScreenshot', {
        format: 'png',
        captureBeyondViewport: true,
        clip: box,
      });
      return Buffer.from(String(part(shot, 'data')), 'base64');
    },
    pdf: async () =>
      Buffer.from(
        String(
          part(await ask('Page.printToPDF', { printBackground: true, preferCSSPageSize: true }), 'data'),
        ),
        'base64',
      ),
  };
};

export const startChromium = async (program: string): Promise<Browser> => {
  const profile = await mkdtemp(join(tmpdir(), 'vipdoctor-chromium-'));
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const wire = wireOf(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await wire.ask('Browser.getVersion');
  return {
    open: (file, view) => openPage(wire, file, view),
    close: async () => {
      await wire.ask('Browser.close').catch(() => undefined);
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
};
