// Makes the pictures of the docs from real runs: raises a practice cluster, breaks it, checks and watches it in a
// terminal and as an HTML page, heals it and measures a failover; Chromium takes the pictures. Needs what the practice cluster needs, tmux and chromium.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, findChromium, startChromium } from '../test/browser/chromium.ts';
import { terminalPage } from './terminal-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs/images');
const program = join(root, 'bin/vipdoctor');
const lab = process.env.SCREENSHOT_LAB ?? 'screenshots';
const session = `vipdoctor-${lab}`;
const screenLimitMs = 60_000;

const vipdoctor = (...argv: readonly string[]): void => {
  const ended = spawnSync(program, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
  // 1 is what a check of a broken cluster ends with.
  if (ended.status !== 0 && ended.status !== 1)
    throw new Error(`vipdoctor ${argv.join(' ')}: ${ended.status}`);
};

const tmux = (...argv: readonly string[]): string =>
  execFileSync('tmux', ['-L', session, ...argv], { encoding: 'utf8' });

interface Scene {
  /** Words that are there when the screen is what was waited for. */
  readonly until: string;
  /** Of the picture that is taken of it. */
  readonly name?: string;
  /** What is typed then, as tmux names keys. */
  readonly keys?: readonly string[];
}

interface Show {
  readonly command: string;
  readonly columns: number;
  readonly rows: number;
  readonly scenes: readonly Scene[];
}

const waitFor = async (words: string): Promise<void> => {
  const deadlineMs = Date.now() + screenLimitMs;
  while (!tmux('capture-pane', '-p').includes(words)) {
    if (Date.now() > deadlineMs) throw new Error(`"${words}" did not come:\n${tmux('capture-pane', '-p')}`);
    await pause(200);
  }
};

/** What a person would see, with its colours: the name of each picture and its text. */
const play = async ({ command, columns, rows, scenes }: Show): Promise<readonly [string, string][]> => {
  const taken: [string, string][] = [];
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), command);
  try {
    for (const { until, name, keys = [] } of scenes) {
      await waitFor(until);
      if (name !== undefined) taken.push([name, tmux('capture-pane', '-e', '-p')]);
      for (const key of keys) tmux('send-keys', key);
    }
    return taken;
  } finally {
    tmux('kill-server');
  }
};

const shoot = async (
  browser: Browser,
  file: string,
  picture: { readonly name: string; readonly widthPx: number; readonly heightPx: number },
): Promise<void> => {
  for (const scheme of ['light', 'dark'] as const) {
    const page = await browser.open(file, { ...picture, scheme, media: 'screen' });
    await writeFile(join(images, `${picture.name}-${scheme}.png`), await page.screenshot('view'));
    await writeFile(join(images, `timeline-${scheme}.png`), await page.picture('#timeline'));
    await page.close();
  }
};

const shootShow = async (browser: Browser, show: Show): Promise<void> => {
  const command = `LC_ALL=C.UTF-8 COLORTERM=truecolor ${program} ${show.command}`;
  for (const [name, text] of await play({ ...show, command })) {
    const file = join(desk, `${name}.html`);
    await writeFile(file, terminalPage(text));
    const page = await browser.open(file, { scheme: 'dark', media: 'screen', widthPx: 900, heightPx: 400 });
    await writeFile(join(images, `${name}.png`), await page.screenshot('whole'));
    await page.close();
  }
};

const chromium = await findChromium();
if (chromium === undefined) throw new Error('chromium is missing: apt-get install chromium');
await mkdir(images, { recursive: true });
const desk = await mkdtemp(join(tmpdir(), 'vipdoctor-screenshots-'));
const browser = await startChromium(chromium);
try {
  vipdoctor('lab', 'up', '--name', lab);
  vipdoctor(
    'lab',
    'break',
    'host-firewall-input-drop',
    '--node',
    'n2',
    '--variant',
    'nft-inet',
    '--name',
    lab,
  );
  const html = join(desk, 'report.html');
  vipdoctor('check', '--lab', '--lab-name', lab, '--format', 'html', '--output', html);
  await shoot(browser, html, { name: 'report', widthPx: 1000, heightPx: 1180 });
  const here = `--lab --lab-name ${lab}`;
  await shootShow(browser, {
    command: `check ${here}`,
    columns: 100,
    rows: 30,
    scenes: [{ until: 'q leave', name: 'check-screen' }],
  });
  await shootShow(browser, {
    command: `watch ${here}`,
    columns: 100,
    rows: 20,
    scenes: [{ until: 'n1, n2, n3 for 8 s', name: 'watch-screen' }],
  });
  vipdoctor('lab', 'heal', '--name', lab);
  await shootShow(browser, {
    command: `failover --measure --fault link-down ${here}`,
    columns: 100,
    rows: 30,
    scenes: [
      { until: 'Type 10.77.0.5', keys: ['10.77.0.5', 'Enter'] },
      { until: 'all must be quiet', name: 'failover-live' },
      { until: 'MEASURED', name: 'failover-result', keys: ['q'] },
    ],
  });
} finally {
  await browser.close();
  vipdoctor('lab', 'down', '--name', lab);
  await rm(desk, { recursive: true });
}
