// Builds the program into dist/: one bundle with lazily loaded parts, and the help texts the fast path prints. Does
// nothing when dist/ is newer than everything it is made from; --force builds anyway.
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, 'built.json');
const oldMs = 10 * 60 * 1000;

const modifiedMs = (path) =>
  stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );

const newestSourceMs = async () => {
  const below = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const paths = [
    ...below.map((entry) => join(entry.parentPath, entry.name)),
    join(root, 'src'),
    join(root, 'package.json'),
    join(root, 'package-lock.json'),
    fileURLToPath(import.meta.url),
  ];
  return Math.max(...(await Promise.all(paths.map(modifiedMs))));
};

const force = process.argv.includes('--force');
const startedMs = Date.now();
if (!force && (await modifiedMs(stamp)) > (await newestSourceMs())) {
  console.log('dist/ is up to date');
} else {
  const fresh = join(dist, `.fresh-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });
  try {
    const result = await build({
      absWorkingDir: root,
      entryPoints: { main: 'src/cli/main.ts', 'help-texts': 'src/cli/help-texts.ts' },
      outdir: fresh,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      jsx: 'automatic',
      legalComments: 'none',
      minifySyntax: true,
      minifyWhitespace: true,
      chunkNames: '[name]-[hash]',
      // Native or self-locating packages stay where npm put them; Ink's developer tools are not installed.
      external: ['cap', 'ssh2', 'cpu-features', 'react-devtools-core'],
      // React's build for production: half as much to load, and it keeps no record of every render.
      define: { 'process.env.NODE_ENV': '"production"' },
      // CommonJS packages inside the bundle still ask for Node's own modules by require.
      banner: {
        js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
      },
      logLevel: 'warning',
      metafile: true,
    });
    const { allHelpTexts } = await import(pathToFileURL(join(fresh, 'help-texts.js')).href);
    await writeFile(join(fresh, 'help.json'), JSON.stringify(await allHelpTexts()));
    await writeFile(join(fresh, 'package.json'), '{"type":"module"}\n');
    await writeFile(
      join(fresh, 'built.json'),
      `${JSON.stringify({ outputs: Object.keys(result.metafile.outputs).length })}\n`,
    );
    // As old as the sources it was made from: what changed meanwhile is built next time.
    await utimes(join(fresh, 'built.json'), startedMs / 1000, startedMs / 1000);
    await putInPlace(fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  console.log(`dist/ built in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}

/**
 * File by file, the entry after its parts and the stamp last, so that a program started meanwhile, or another build,
 * always finds a whole one. Parts of the build before stay for a while: a running program may still load them.
 */
async function putInPlace(fresh) {
  await mkdir(dist, { recursive: true });
  const last = ['main.js', 'built.json'];
  const made = await readdir(fresh);
  for (const name of [...made.filter((each) => !last.includes(each)), ...last])
    await rename(join(fresh, name), join(dist, name));
  for (const name of await readdir(dist)) {
    const path = join(dist, name);
    if (!made.includes(name) && Date.now() - (await modifiedMs(path)) > oldMs)
      await rm(path, { recursive: true, force: true });
  }
}
