// What to do about a host key: the policy of --host-key-checking applied to a verdict of known_hosts, and the
// words for the operator when the answer is no. It asks through the prompt it is given and writes nothing.
import type { HostKeyChecking } from '../inventory/inventory.ts';
import {
  fingerprintKey,
  type HostIdentity,
  type HostKeyVerdict,
  type KnownHost,
  knownHostName,
  readKeyType,
} from './known-hosts.ts';
import type { ConnectFailure, Prompt } from './transport.ts';

export type HostKeyDecision =
  | { readonly kind: 'accept'; readonly note?: string }
  /** Accept, and put the key on record once the server has proven that it owns it. */
  | { readonly kind: 'accept-and-record'; readonly note: string }
  | { readonly kind: 'refuse'; readonly failure: ConnectFailure };

export interface HostKeyQuestion {
  readonly node: string;
  readonly identity: HostIdentity;
  readonly key: Uint8Array;
  readonly verdict: HostKeyVerdict;
  readonly checking: HostKeyChecking;
  /** Where an accepted key would be recorded. */
  readonly recordIn: string;
  readonly prompt?: Prompt;
}

export async function decideHostKey(question: HostKeyQuestion): Promise<HostKeyDecision> {
  const { verdict, checking } = question;
  if (verdict.kind === 'trusted') return { kind: 'accept' };
  if (verdict.kind === 'revoked') return refuse(describeRevoked(question, verdict.by));
  if (checking === 'off') {
    return {
      kind: 'accept',
      note: `the host key of ${question.node} (${describeKey(question.key)}) was not checked`,
    };
  }
  if (verdict.kind === 'changed') return refuse(describeChanged(question, verdict.expected));
  const note = `the host key of ${question.node} (${describeKey(question.key)}) was added to ${question.recordIn}`;
  if (checking === 'accept-new') return { kind: 'accept-and-record', note };
  if (question.prompt !== undefined) {
    const text = `${describeUnknown(question)} Continue and record it in ${question.recordIn}? (yes/no)`;
    const answer = await question.prompt({ kind: 'host-key', node: question.node, text, echo: 'on' });
    // As with ssh, the fingerprint itself is an answer too: it proves that it was compared.
    const said = answer?.trim();
    if (said?.toLowerCase() === 'yes' || said === fingerprintKey(question.key)) {
      return { kind: 'accept-and-record', note };
    }
  }
  return refuse({
    stage: 'host-key',
    message: describeUnknown(question),
    nextStep: nextStepForUnknown(question),
    retryable: 'no',
  });
}

const refuse = (failure: ConnectFailure): HostKeyDecision => ({ kind: 'refuse', failure });

/** `ED25519 SHA256:…` */
function describeKey(key: Uint8Array): string {
  return `${shortType(key)} ${fingerprintKey(key)}`;
}

function shortType(key: Uint8Array): string {
  const type = readKeyType(key);
  if (type.startsWith('ecdsa-')) return 'ECDSA';
  // The name comes from the server: only what a key type may look like goes any further.
  return type
    .replace(/^ssh-/, '')
    .toUpperCase()
    .replace(/[^A-Z0-9@.-]/g, '?');
}

function describeUnknown({ node, identity, key, verdict }: HostKeyQuestion): string {
  const others = verdict.kind === 'unknown' ? verdict.otherKinds : [];
  const first = others[0];
  const other = first
    ? ` Another kind of key is on record for it (${first.keyType}, ${first.file}:${first.line}), which the server did not offer.`
    : '';
  return `The host key of ${node} (${knownHostName(identity)}) is not known: ${describeKey(key)}.${other}`;
}

function nextStepForUnknown({ identity, key, verdict, recordIn }: HostKeyQuestion): string {
  const kind = shortType(key).toLowerCase();
  const port = identity.port === 22 ? '' : `-p ${identity.port} `;
  const authority =
    verdict.kind === 'unknown' && verdict.authority
      ? ` ${verdict.authority.file}:${verdict.authority.line} trusts it by certificate (@cert-authority), which the built-in SSH does not support: --transport ssh does.`
      : '';
  return (
    `Compare it with the output of "ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub" on the node; if it is the same, run ` +
    `"ssh-keyscan ${port}-t ${kind} ${identity.host} >> ${recordIn}" or pass --host-key-checking accept-new.${authority}`
  );
}

function describeChanged(question: HostKeyQuestion, expected: KnownHost): ConnectFailure {
  const { node, identity, key } = question;
  const was = fingerprintKey(Buffer.from(expected.key, 'base64'));
  return {
    stage: 'host-key',
    message:
      `THE HOST KEY OF ${node} (${knownHostName(identity)}) HAS CHANGED: ${expected.file}:${expected.line} holds ${was}, ` +
      `the server showed ${describeKey(key)}. Either the node was reinstalled, its address (a virtual IP?) is now answered by another node, or someone is in between.`,
    nextStep:
      `Find out why before going on. If the node was reinstalled: ssh-keygen -R '${knownHostName(identity)}' -f ${expected.file}, then connect again. ` +
      `If ${identity.host} is a virtual IP, give the node's own address instead.`,
    retryable: 'no',
  };
}

function describeRevoked(question: HostKeyQuestion, by: KnownHost): ConnectFailure {
  return {
    stage: 'host-key',
    message: `The host key of ${question.node} (${describeKey(question.key)}) is marked @revoked in ${by.file}:${by.line}.`,
    nextStep:
      'A revoked key must not be trusted: replace the key on the node, or remove the mark if it is wrong.',
    retryable: 'no',
  };
}
