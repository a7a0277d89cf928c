// vipdoctor's own inventory file: who the nodes are and how to reach them. What it accepts is read elsewhere.
import type { DeclaredInventory, DeclaredNode, InventoryFile } from './declared.ts';
import { keysAt, synonyms, vipdoctorInventorySchema, wordsFor } from './vipdoctor-schema.ts';
import { readYamlDocument } from './yaml-document.ts';

export function readVipdoctorYaml(file: InventoryFile): DeclaredInventory {
  const reading = readYamlDocument(file, { schema: vipdoctorInventorySchema, keysAt, synonyms, wordsFor });
  if (reading.kind === 'refused') return { nodes: [], problems: reading.problems };
  const { lineOf } = reading;
  const { nodes, defaults = {}, knownHosts, observer, netns } = reading.value;
  const entries = Array.isArray(nodes)
    ? nodes.map((name, index) => [name, null, ['nodes', index]] as const)
    : Object.entries(nodes).map(([name, value]) => [name, value, ['nodes', name]] as const);
  return {
    nodes: entries.map(([name, value, path]): DeclaredNode => {
      const own = typeof value === 'string' ? { address: value } : (value ?? {});
      const all = { knownHosts, ...defaults, ...own };
      const line = lineOf(path);
      return {
        name,
        file: file.path,
        ...(line !== undefined ? { line } : {}),
        ...('address' in all && all.address !== undefined ? { address: all.address } : {}),
        ...(all.user !== undefined ? { user: all.user } : {}),
        ...(all.port !== undefined ? { port: all.port } : {}),
        ...(all.identity !== undefined ? { identities: toList(all.identity).map(file.resolvePath) } : {}),
        ...(all.jump !== undefined ? { jump: toList(all.jump) } : {}),
        ...(all.knownHosts !== undefined
          ? { knownHostsFiles: toList(all.knownHosts).map(file.resolvePath) }
          : {}),
      };
    }),
    problems: [],
    ...(observer !== undefined
      ? {
          observer:
            typeof observer === 'string'
              ? { where: observer }
              : {
                  where: observer.where,
                  ...(observer.interface !== undefined ? { interface: observer.interface } : {}),
                },
        }
      : {}),
    ...(netns !== undefined ? { netns } : {}),
  };
}

const toList = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;
