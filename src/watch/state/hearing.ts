// Whether silence means anything: an ear must be open where a router can be heard.
import type { Book } from './book.ts';
import type { SourceAccount } from './node-account.ts';
import type { RouterAccount } from './router-account.ts';

const isWorking = (source: SourceAccount | undefined): boolean => source?.state === 'working';

/** Whether anybody listens where this router can be heard. */
export const hearingOf = (book: Book, router: RouterAccount): 'listening' | 'deaf' => {
  const ears =
    router.group === undefined
      ? [...book.nodes.values()]
      : router.group.members.flatMap((member) => book.nodes.get(member.node) ?? []);
  const onNodes = ears.some((node) => isWorking(node.sources.adverts));
  const observed = router.group?.mode !== 'unicast' && isWorking(book.observer);
  return onNodes || observed ? 'listening' : 'deaf';
};
