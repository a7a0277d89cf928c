/**
 * keepalived.conf as a tree: keywords, words and blocks, each knowing where it was written. Knows which
 * keywords open blocks in the VRRP part, because keepalived reacts to missing and surplus braces by keyword;
 * keeps everything else as it stands. What the keywords mean is the model's business.
 */
import { blockKeywordsIn } from './block-keywords.ts';
import { type Condition, type ConfigSources, openConfig } from './config-lines.ts';
import {
  type CommentCut,
  type ConfigProblem,
  type Place,
  placeAt,
  type SourceLine,
  type Token,
  tokenize,
} from './source-line.ts';

export type { Condition, ConfigSources, FileReading } from './config-lines.ts';
export type { CommentCut, ConfigProblem, Place, Severity, Token } from './source-line.ts';

export interface ConfigNode extends Place {
  readonly keyword: string;
  readonly args: readonly Token[];
  readonly children?: readonly ConfigNode[];
  /** The line after definitions were put in; commands (`script`, `notify`) are split from it again. */
  readonly text: string;
  /** How a comment ended the line: a glued one may have cut a password short. */
  readonly comment: CommentCut;
  /** Names of the definitions whose values went into the line. */
  readonly substituted: readonly string[];
}

export interface TreeDefinition {
  readonly name: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
}

export interface ConfigTree {
  readonly path: string;
  readonly nodes: readonly ConfigNode[];
  /** Every file read, in order. */
  readonly files: readonly string[];
  readonly problems: readonly ConfigProblem[];
  /** `$NAME=value` as it stands at the end of the file. */
  readonly definitions: readonly TreeDefinition[];
  /** The id conditions were decided with; absent when it is not known. */
  readonly configId?: string;
  readonly conditions: readonly Condition[];
}

export type ConfigInput = ConfigSources;

interface Block {
  readonly owner: DraftNode | undefined;
  readonly children: DraftNode[];
}

interface DraftNode extends ConfigNode {
  children?: DraftNode[];
}

export function parseConfig(input: ConfigInput): ConfigTree {
  const reader = openConfig(input);
  const problems = reader.problems;
  const top: Block = { owner: undefined, children: [] };
  const blocks: Block[] = [top];
  const complain = (place: Place, code: string, message: string): void => {
    problems.push({
      file: place.file,
      line: place.line,
      column: place.column,
      code,
      message,
      severity: 'error',
    });
  };

  for (;;) {
    const line = reader.next();
    if (line === undefined) break;
    const block = blocks.at(-1) ?? top;
    const last = block.children.at(-1);
    if (line.text === '}') {
      if (blocks.length > 1) blocks.pop();
      else complain(placeAt(line, 0), 'extra-closing-brace', "this '}' closes nothing");
      continue;
    }
    if (line.text === '{') {
      blocks.push(openBlock(line, block, complain));
      continue;
    }
    if (last !== undefined && last.children === undefined && expectsBlock(block, last)) {
      complain(
        last,
        'missing-opening-brace',
        `'${last.keyword}' is followed by no '{'; keepalived takes the next lines as its block`,
      );
      last.children = [];
      blocks.push({ owner: last, children: last.children });
    }
    const node = makeNode(line, reader.problems);
    if (node !== undefined) (blocks.at(-1) ?? top).children.push(node);
  }

  const open = blocks.at(-1);
  if (open?.owner !== undefined)
    complain(
      open.owner,
      'missing-closing-brace',
      `the block of '${open.owner.keyword}' is not closed (${blocks.length - 1} open at the end)`,
    );
  const definitions = [...reader.definitions.values()].map(({ name, file, line, lines }) => ({
    name,
    file,
    line,
    value: lines.map((part) => part.text).join('\n'),
  }));
  return {
    path: input.path,
    nodes: top.children,
    files: reader.files,
    problems,
    definitions,
    ...(input.configId === undefined ? {} : { configId: input.configId }),
    conditions: reader.conditions,
  };
}

function makeNode(line: SourceLine, problems: ConfigProblem[]): DraftNode | undefined {
  const [first, ...args] = tokenize(line, (problem) => problems.push(problem));
  if (first === undefined) return undefined;
  const { file, line: number, column } = first;
  const { text, comment, substituted } = line;
  return { keyword: first.value, args, text, comment, substituted, file, line: number, column };
}

function openBlock(
  line: SourceLine,
  block: Block,
  complain: (place: Place, code: string, message: string) => void,
): Block {
  const last = block.children.at(-1);
  const place = placeAt(line, 0);
  if (last !== undefined && last.children === undefined) {
    const known = blockKeywordsIn(block.owner?.keyword);
    if (known !== undefined && !known.has(last.keyword))
      complain(
        place,
        'unexpected-opening-brace',
        `'${last.keyword}' has no block here: keepalived ignores this '{', and its '}' closes the block around it`,
      );
    last.children = [];
    return { owner: last, children: last.children };
  }
  complain(place, 'unexpected-opening-brace', "no keyword stands before this '{'");
  const children: DraftNode[] = [];
  const { file, line: number, column } = place;
  const stray: DraftNode = {
    keyword: '{',
    args: [],
    text: '{',
    comment: line.comment,
    substituted: line.substituted,
    file,
    line: number,
    column,
    children,
  };
  block.children.push(stray);
  return { owner: stray, children };
}

function expectsBlock(block: Block, node: ConfigNode): boolean {
  return blockKeywordsIn(block.owner?.keyword)?.has(node.keyword) ?? false;
}
