// `vipdoctor tabletop`: from files, nodes or a recording to who becomes master after which loss. It knows where a
// cluster can be had from; elections, rules and words are elsewhere.
import { buildCluster } from '../cluster/build.ts';
import { forecast } from '../cluster/election/forecast.ts';
import type { ClusterModel } from '../cluster/model.ts';
import { buildPaperCluster } from '../cluster/paper.ts';
import { collectEvidence } from '../collect/collect.ts';
import type { Bundle } from '../evidence/bundle.ts';
import { BundleError, readBundle } from '../evidence/bundle-folder.ts';
import { dayOf, remarksOn } from '../report/acceptance.ts';
import {
  type Baseline,
  type Comparison,
  compareWithBaseline,
  countedOf,
  presentOf,
} from '../report/baseline.ts';
import { escapeJson } from '../report/escape.ts';
import { severityRank } from '../report/story.ts';
import { composeTabletop, type TabletopReport } from '../report/tabletop.ts';
import { renderTabletop } from '../report/tabletop-text.ts';
import { rules } from '../rules/generated/index.ts';
import { type Judgement, judge } from '../rules/judge.ts';
import { isSet, type ParsedArguments, readDocumentFormat, readText, readTexts } from './argument-values.ts';
import { openTalk } from './check.ts';
import { type CheckRequest, readCheckRequest } from './check-options.ts';
import { looksLikeFile, readSheets } from './config-on-disk.ts';
import { exitCodes } from './exit-code.ts';
import { OperationError, UsageError } from './faults.ts';
import { writeWhole } from './output-file.ts';
import { askOnTerminal } from './questions.ts';
import { readAccepted, readEarlier } from './settled-options.ts';
import { watchSignals } from './signals.ts';
import { complain, type Terminal } from './terminal.ts';
import { tool } from './tool.ts';

/** Evidence of the nodes, or undefined when the user interrupted. */
const askNodes = async (request: CheckRequest, terminal: Terminal): Promise<Bundle | undefined> => {
  const { target } = request;
  if (target.kind !== 'live') throw new UsageError('which nodes? Name them, or give FILE or --from DIR');
  const interruption = watchSignals(terminal);
  const talk = openTalk(terminal, request);
  try {
    const { openLiveSource } = await import('./live-source.ts');
    const ask = terminal.questions === 'possible' ? askOnTerminal(talk.floor, interruption) : undefined;
    const { source, notes } = await openLiveSource(request, target, ask);
    for (const note of notes) await complain(terminal, note);
    let bundle: Bundle | undefined;
    for await (const event of collectEvidence(source, tool, interruption.signal))
      if (event.kind === 'collected') bundle = event.bundle;
      else await talk.hear(event);
    return interruption.signal.aborted ? undefined : bundle;
  } finally {
    interruption.release();
    await talk.quiet();
  }
};

const readRecording = async (folder: string): Promise<Bundle> => {
  try {
    return await readBundle(folder);
  } catch (error) {
    if (error instanceof BundleError) throw new OperationError(error.message);
    throw error;
  }
};

const onlyFiles = (words: readonly string[], parsed: ParsedArguments): boolean => {
  const files = words.filter(looksLikeFile);
  if (files.length === 0) return false;
  const against = [
    ...words.filter((word) => !looksLikeFile(word)),
    ...['from', 'inventory', 'lab'].filter((name) => parsed[name] !== undefined).map((name) => `--${name}`),
  ];
  if (against.length > 0)
    throw new UsageError(`files are judged as they are, without nodes: leave out ${against.join(', ')}`);
  return true;
};

interface Opened {
  readonly model: ClusterModel;
  /** When the nodes were asked; for files, now. ISO 8601. */
  readonly startedAt: string;
}

/** Undefined when the user interrupted. */
const openCluster = async (
  words: readonly string[],
  request: CheckRequest | undefined,
  terminal: Terminal,
): Promise<Opened | undefined> => {
  if (request === undefined)
    return { model: buildPaperCluster(readSheets(words)), startedAt: new Date().toISOString() };
  const bundle =
    request.target.kind === 'recorded'
      ? await readRecording(request.target.folder)
      : await askNodes(request, terminal);
  return bundle === undefined ? undefined : { model: buildCluster(bundle), startedAt: bundle.startedAt };
};

const requireInstances = (model: ClusterModel): void => {
  if (model.instances.length > 0) return;
  const away = model.nodes.flatMap((node) =>
    node.contact.kind === 'reached' ? [] : [`${node.name}: ${node.contact.why}`],
  );
  throw new OperationError(
    away.length > 0
      ? `no VRRP instance could be read (${away.join('; ')})`
      : 'there is no vrrp_instance with a virtual_router_id to play through',
  );
};

const failsOn = (report: TabletopReport, failOn: CheckRequest['failOn']): boolean =>
  failOn !== 'never' &&
  countedOf(report.findings, report.baseline).some(
    ({ severity }) => severityRank(severity) >= severityRank(failOn),
  );

const compare = (judged: Judgement, model: ClusterModel, baseline: Baseline): Comparison =>
  compareWithBaseline(
    baseline,
    presentOf({
      ...judged,
      nodes: model.nodes.flatMap(({ name, contact }) => (contact.kind === 'reached' ? [name] : [])),
    }),
  );

export const runTabletopCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> => {
  const words = [...readTexts(parsed, 'host'), ...readTexts(parsed, '--')];
  const format = readDocumentFormat(parsed);
  const offline = onlyFiles(words, parsed);
  if (
    !offline &&
    words.length === 0 &&
    readText(parsed, 'from') === undefined &&
    !isSet(parsed, 'lab') &&
    readText(parsed, 'inventory') === undefined &&
    readText(parsed, 'lab-inventory') === undefined
  )
    throw new UsageError(
      'which cluster? Name the keepalived.conf of every node, or the nodes themselves, or give --inventory FILE, --from DIR or --lab',
    );
  // With files no node is asked; what else was said is read all the same, so that mistakes are told.
  const request = readCheckRequest(offline ? { ...parsed, host: ['offline'], '--': [] } : parsed);
  if (request.target.kind === 'lab') {
    const { reenterInLab } = await import('./lab-entry.ts');
    return reenterInLab(argv);
  }
  const acceptances = await readAccepted(parsed);
  const baseline = await readEarlier(parsed, 'tabletop');
  const opened = await openCluster(words, offline ? undefined : request, terminal);
  if (opened === undefined) return exitCodes.interrupted;
  const { model, startedAt } = opened;
  requireInstances(model);
  const judged = judge(model, rules, { acceptances, today: dayOf(startedAt) });
  const composed = composeTabletop(forecast(model), judged, tool);
  const report =
    baseline === undefined ? composed : { ...composed, baseline: compare(judged, model, baseline) };
  if (request.talk === 'verbose')
    for (const remark of remarksOn(judged.acceptances)) await complain(terminal, remark);
  const style =
    request.outputPath === undefined ? terminal.outStyle(request.color) : terminal.fileStyle(request.color);
  const text =
    format === 'json'
      ? `${escapeJson(JSON.stringify(report, null, 2))}\n`
      : renderTabletop(report, style, request.talk === 'verbose' ? 'all' : 'telling');
  const code = failsOn(report, request.failOn) ? 1 : 0;
  terminal.settle?.(code);
  if (request.outputPath === undefined) await terminal.out(text);
  else await writeWhole(request.outputPath, text);
  return code;
};
