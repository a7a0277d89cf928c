// The built program on a real terminal, driven by keys: `check --from` a recording, every key, and every way to leave.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openScreen, program, root, type Screen } from '../tmux.ts';

const firewall = `${program} check --from ${root}fixtures/bundles/host-firewall-nft-inet`;

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
}, 60_000);

let screen: Screen | undefined;
afterEach(() => {
  screen?.close();
  screen = undefined;
});

const open = (command: string, size: readonly [number, number] = [80, 24], env = {}): Screen => {
  screen = openScreen({ columns: size[0], rows: size[1], command, env });
  return screen;
};

describe('on a terminal', () => {
  it('every key does what the help says, and the text report stays in the scrollback', async () => {
    const { press, until, everything, lines } = open(`echo before; ${firewall}`);
    await until(/CRITICAL {2}VIP 10\.77\.0\.5 has two masters[\s\S]*q leave/);
    expect(lines().join('\n')).not.toContain('before');
    expect(lines().every((text) => text.length <= 80)).toBe(true);
    press('?');
    await until(/copy the command of the fix/);
    press('Escape');
    await until(/brings about 3 more findings/);
    press('Right');
    await until(/✖ critical {2}VIP 10\.77\.0\.5 is on n1 and n2/);
    press('j');
    await until(/▸ {3}✖ critical {2}n2 and n1 both answer/);
    press('Up', 'Left');
    await until(/brings about 3 more findings/);
    press('c');
    await until(/To run on n2:\nnft delete rule inet guard input handle 2\n/);
    press('Enter');
    await until(/evidence n2: nft[\s\S]*13 → 17[\s\S]*why/);
    press('Space');
    await until(/effects/);
    // Escape and a key in one piece are another key to a terminal.
    press('Escape');
    await until(/brings about 3 more findings/);
    press('/');
    await until(/Enter keeps the filter/);
    press('a', 'r', 'p');
    await until(/\/ arp▏ +1 finding\b/);
    press('Enter');
    await until(/\/ arp +1 finding\b[\s\S]*q leave/);
    press('Escape');
    await until(/brings about 3 more/);
    press('Tab');
    await until(/^[^\n]*\n[^\n]*\n[^\n]*\n\n ladder/);
    press('G');
    await until(/UdpIgnoredMulti/);
    press('g', 's');
    await until(/This is a recording already/);
    press('q');
    await until(/ended with 1/);
    const all = everything();
    expect(all).toMatch(/^before\n✖ CRITICAL {2}VIP 10\.77\.0\.5/);
    expect(all).toContain('  proof   n2: nft');
    expect(all).not.toContain('q leave');
  });

  it('is drawn anew when the terminal changes its size, and leaves nothing behind', async () => {
    const { press, until, resize, lines, everything } = open(`seq 1 9; ${firewall}`);
    await until(/q leave/);
    for (const [columns, rows] of [
      [40, 10],
      [120, 30],
      [60, 12],
      [80, 24],
    ] as const) {
      resize(columns, rows);
      const footOf = (): string => `${lines().length} ${lines().at(-1) ?? ''}`;
      await expect.poll(footOf, { timeout: 10_000 }).toMatch(new RegExp(`^${rows} .*q leave`));
      const shown = lines();
      expect(shown.filter((text) => text.includes('✖ CRITICAL'))).toHaveLength(1);
      expect(shown.filter((text) => text.includes('q leave'))).toHaveLength(1);
    }
    press('q');
    await until(/ended with 1/);
    expect(everything()).toMatch(/^1\n2\n3\n4\n5\n6\n7\n8\n9\n✖ CRITICAL/);
  });

  it('Ctrl-C at the report leaves like q; a healthy cluster ends with 0', async () => {
    const { press, until } = open(`${program} check --from ${root}fixtures/bundles/healthy-three`);
    await until(/HEALTHY[\s\S]*q leave/);
    press('C-c');
    await until(/ended with 0/);
  });

  it('is without colours with NO_COLOR, and in ASCII without a UTF-8 locale', async () => {
    const plain = open(firewall, [80, 24], { NO_COLOR: '1', LANG: 'C' });
    await plain.until(/X CRITICAL[\s\S]*q leave/);
    expect(plain.lines('with-colours')).toEqual(plain.lines());
    expect(plain.lines().join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
    plain.close();
    const colored = open(`${firewall} --color always`, [80, 24], { NO_COLOR: '1' });
    await colored.until(/q leave/);
    expect(colored.lines('with-colours').join('\n')).toContain('\u001b[1m\u001b[31m✖ CRITICAL');
  });

  it('copies with OSC 52', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-tui-'));
    const typed = join(folder, 'typescript');
    try {
      // tmux keeps the sequence to itself: `script` writes down what the program sent.
      const { press, until } = open(`script -qfec '${firewall}' ${typed}`);
      await until(/q leave/);
      press('c');
      await until(/To run on n2/);
      const base64 = Buffer.from('nft delete rule inet guard input handle 2').toString('base64');
      expect(readFileSync(typed, 'utf8')).toContain(`\u001b]52;c;${base64}\u0007`);
      press('q');
      await until(/ended with 1/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('speaks in flat sentences to a screen reader, and paints nothing', async () => {
    for (const [command, env] of [
      [`${firewall} --screen-reader`, {}],
      [firewall, { INK_SCREEN_READER: 'true' }],
    ] as const) {
      const { press, until, everything, close } = open(command, [200, 50], env);
      await until(/Question mark: all keys/);
      press('Right', 'Down');
      await until(/Finding 2 of 4, critical, consequence: n2 and n1 both answer ARP/);
      press('q');
      await until(/ended with 1/);
      const [spoken = ''] = everything().split('✖ CRITICAL');
      expect(spoken).toMatch(/^[\x20-\x7e\n]*$/);
      close();
    }
  });

  it('a terminal that vanishes ends it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-tui-'));
    const exit = join(folder, 'exit');
    try {
      // tmux hangs up on the whole session; the shell outside of it lives to tell.
      const { until, close } = open(`trap '' HUP; (trap - HUP; exec ${firewall}); echo $? > ${exit}`);
      await until(/q leave/);
      close();
      await expect
        .poll(() => existsSync(exit) && readFileSync(exit, 'utf8'), { timeout: 10_000 })
        .toBe('1\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('elsewhere there is plain text without escape codes', () => {
  const escapes = /\u001b/;

  it.each([
    ['TERM=dumb', { TERM: 'dumb' }],
    ['CI', { TERM: 'xterm', CI: 'true' }],
  ])('with %s on a terminal', async (_name, env) => {
    const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-tui-'));
    const typed = join(folder, 'typescript');
    try {
      const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const { until } = open(
        `script -qfec 'env ${assignments.join(' ')} ${firewall} --color never' ${typed}`,
      );
      await until(/ended with 1/);
      const written = readFileSync(typed, 'utf8');
      expect(written).toContain('✖ CRITICAL');
      expect(written).not.toMatch(escapes);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([[[]], [['--format', 'tui']], [['--screen-reader']]])('in a pipe, with %j', (options) => {
    const ended = spawnSync(
      process.execPath,
      [program, 'check', '--from', 'fixtures/bundles/host-firewall-nft-inet', ...options],
      { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH ?? '', TERM: 'xterm', LANG: 'C.UTF-8' } },
    );
    expect(ended.status).toBe(1);
    expect(ended.stdout).toContain('✖ CRITICAL');
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(escapes);
  });
});
