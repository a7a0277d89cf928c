// Makes the pictures of the docs from a real run: raises a practice cluster, breaks it, checks it in a terminal and as
// an HTML page, and takes both by Chromium. Needs what the practice cluster needs, tmux and chromium.
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

interface Screen {
  readonly command: string;
  readonly columns: number;
  readonly rows: number;
  /** Words that are there when the screen is what should be shown. */
  readonly until: string;
}

/** What a person would see, with its colours. */
const screenOf = async ({ command, columns, rows, until }: Screen): Promise<string> => {
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), command);
  try {
    const deadlineMs = Date.now() + screenLimitMs;
    while (!tmux('capture-pane', '-p').includes(until)) {
      if (Date.now() > deadlineMs) throw new Error(`"${until}" did not come:\n${tmux('capture-pane', '-p')}`);
      await pause(200);
    }
    return tmux('capture-pane', '-e', '-p');
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

const shootScreen = async (browser: Browser, name: string, screen: Screen): Promise<void> => {
  const file = join(desk, `${name}.html`);
  const command = `LC_ALL=C.UTF-8 COLORTERM=truecolor ${program} ${screen.command}`;
  await writeFile(file, terminalPage(await screenOf({ ...screen, command })));
  const page = await browser.open(file, { scheme: 'dark', media: 'screen', widthPx: 900, heightPx: 400 });
  await writeFile(join(images, `${name}.png`), await page.screenshot('whole'));
  await page.close();
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
  await shootScreen(browser, 'check-screen', {
    command: `check --lab --lab-name ${lab}`,
    columns: 100,
    rows: 30,
    until: 'q leave',
  });
  await shootScreen(browser, 'watch-screen', {
    command: `watch --lab --lab-name ${lab}`,
    columns: 100,
    rows: 20,
    until: 'n1, n2, n3 for 8 s',
  });
} finally {
  await browser.close();
  vipdoctor('lab', 'down', '--name', lab);
  await rm(desk, { recursive: true });
}
