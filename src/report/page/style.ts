// How every page looks: one style sheet for light and dark, for a phone, a desk and paper. It names no report; what
// stands on a page is said elsewhere.

/** Colours are chosen for a contrast of at least 4.5 : 1 with the ground they stand on, in both settings. */
export const pageStyle = `
:root { color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #16202b; --quiet: #55616e; --line: #d8dee6; --shade: #eef1f5; --link: #0b5cad;
  --critical: #b3201a; --critical-soft: #fdeceb; --high: #a3420b; --degraded: #8a5300; --degraded-soft: #fdf3df; --low: #55616e;
  --healthy: #14703a; --healthy-soft: #e6f5ec; --unknown: #6b4a9c; --unknown-soft: #f2ecfa;
  --a: #0b5cad; --b: #a3420b; --c: #14703a; --d: #6b4a9c; --e: #9b1c6a; --f: #4d5c00;
  --mono: ui-monospace, 'SFMono-Regular', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #0f1419; --card: #171d24; --ink: #e4e9ee; --quiet: #9fabb7; --line: #2f3943; --shade: #1f272f; --link: #7db8f2;
  --critical: #ff8a80; --critical-soft: #3a1d1c; --high: #ffa262; --degraded: #efbf5a; --degraded-soft: #352a14; --low: #9fabb7;
  --healthy: #66d490; --healthy-soft: #15301f; --unknown: #c3a3f2; --unknown-soft: #2a2139;
  --a: #7db8f2; --b: #ffa262; --c: #66d490; --d: #c3a3f2; --e: #f29bcb; --f: #c5d45f; } }
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; color: var(--ink); background: var(--paper); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.sheet { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1, h2, h3, h4 { line-height: 1.3; margin: 0; text-wrap: balance; }
p, li, dd, td, th, h1, h2, h3 { overflow-wrap: anywhere; }
p { margin: .5rem 0; } ul { margin: .5rem 0; padding-left: 1.25rem; } li + li { margin-top: .3rem; }
.quiet { color: var(--quiet); } .small { font-size: .875rem; }
.verdict { --tone: var(--unknown); --soft: var(--unknown-soft); background: var(--soft); border: 1px solid var(--line); border-left: .5rem solid var(--tone); border-radius: .6rem; padding: 1.1rem 1.4rem 1.2rem; }
.critical { --tone: var(--critical); --soft: var(--critical-soft); } .degraded { --tone: var(--degraded); --soft: var(--degraded-soft); }
.healthy { --tone: var(--healthy); --soft: var(--healthy-soft); } .unknown { --tone: var(--unknown); --soft: var(--unknown-soft); }
.high { --tone: var(--high); --soft: var(--degraded-soft); } .medium { --tone: var(--degraded); --soft: var(--degraded-soft); } .low { --tone: var(--low); --soft: var(--shade); }
.word { display: inline-flex; align-items: center; gap: .45em; color: var(--tone); font-weight: 700; font-size: .8125rem; letter-spacing: .08em; text-transform: uppercase; }
.verdict h1 { font-size: clamp(1.2rem, 1rem + 1.3vw, 1.6rem); margin: .35rem 0 .5rem; font-weight: 650; }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 0; padding: 0; list-style: none; color: var(--quiet); font-size: .9rem; } .facts li { margin: 0; }
nav { margin: 1rem 0 0; font-size: .9rem; } nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; padding: 0; margin: 0; } nav li { margin: 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.4rem 1.2rem; margin-top: 1.1rem; }
section > h2 { font-size: 1.15rem; margin-bottom: .5rem; } section > h2 + .quiet { margin-top: .15rem; }
h3 { font-size: .95rem; margin: 1.1rem 0 .35rem; } h4 { font-size: .9rem; margin: .9rem 0 .25rem; font-weight: 600; }
code, pre, kbd { font-family: var(--mono); font-size: .86em; }
code { background: var(--shade); border-radius: .25rem; padding: .08em .35em; overflow-wrap: anywhere; }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .85rem; margin: .3rem 0 .7rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.commands { border-left: .25rem solid var(--healthy); } pre .prompt { color: var(--quiet); user-select: none; }
figure { margin: .7rem 0; } figcaption { color: var(--quiet); font-size: .875rem; margin-bottom: .15rem; }
.roll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; margin: .5rem 0 .6rem; width: 100%; font-size: .92rem; }
caption { text-align: left; color: var(--quiet); font-size: .875rem; padding-bottom: .35rem; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .7rem .4rem 0; text-align: left; vertical-align: top; }
thead th { color: var(--quiet); font-weight: 600; font-size: .82rem; border-bottom: 2px solid var(--line); white-space: nowrap; } tbody th { font-weight: 600; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: .02rem .6rem; font-size: .8rem; color: var(--quiet); }
.tone { color: var(--tone); font-weight: 600; }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; list-style: none; padding: 0; margin: .5rem 0; } .chips li { margin: 0; }
svg.drawing { display: block; width: 100%; overflow: visible; font-family: inherit; }
svg.drawing text { fill: var(--ink); font-size: 12.5px; } svg.drawing .quiet { fill: var(--quiet); } svg.drawing .grid { stroke: var(--line); stroke-width: 1; } svg.drawing .axis { stroke: var(--quiet); stroke-width: 1; }
svg.drawing .tone { fill: var(--tone); } .ground { fill: var(--shade); }
.hue-a { --hue: var(--a); } .hue-b { --hue: var(--b); } .hue-c { --hue: var(--c); } .hue-d { --hue: var(--d); } .hue-e { --hue: var(--e); } .hue-f { --hue: var(--f); }
.fill { fill: var(--hue); } .stroke { stroke: var(--hue); fill: none; stroke-width: 2; }
footer { color: var(--quiet); font-size: .85rem; margin-top: 1.4rem; }
@media (max-width: 40rem) { .sheet { padding: .75rem .6rem 2rem; } section, .verdict { padding: .9rem .85rem 1rem; } th, td { padding-right: .5rem; }
  table.stack thead { position: absolute; left: -200vw; } table.stack, table.stack caption, table.stack tbody, table.stack tr, table.stack td, table.stack th { display: block; border: 0; padding: 0; }
  table.stack tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } table.stack tbody th { font-size: 1rem; }
  table.stack td[data-label] { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; } table.stack td[data-label]::before { content: attr(data-label); color: var(--quiet); } table.stack td:empty { display: none; } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #bbb; --shade: #f4f4f4; --link: #000;
    --critical: #b3201a; --critical-soft: #fff; --high: #a3420b; --degraded: #8a5300; --degraded-soft: #fff; --low: #444; --healthy: #14703a; --healthy-soft: #fff; --unknown: #6b4a9c; --unknown-soft: #fff;
    --a: #0b5cad; --b: #a3420b; --c: #14703a; --d: #6b4a9c; --e: #9b1c6a; --f: #4d5c00; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } body { font-size: 10.5pt; } .sheet { max-width: none; padding: 0; } nav, .skip { display: none; }
  section { border-width: 1px 0 0; border-radius: 0; padding: .8rem 0 0; } h2, h3, h4, figcaption, caption { break-after: avoid; } pre, tr, figure, .verdict, .keep { break-inside: avoid; } .roll { overflow: visible; } }
@page { margin: 16mm 14mm; }
`;
