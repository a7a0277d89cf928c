// Lesser fault: members of a VRRPv3 group have different advert intervals. Legal, yet failover then takes longer or
// shorter depending on who was MASTER.
import {
  comparesVersionThree,
  disagreementsAbout,
  draftDisagreement,
  intervalSetting,
  outcomeOf,
} from '../disagreement.ts';
import { defineRule } from '../rule.ts';

export const advertIntervalMismatchV3 = defineRule({
  id: 'advert-interval-mismatch-v3',
  severity: 'medium',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Members of a VRRPv3 group have different advert intervals',
  why: 'A VRRPv3 backup adopts the interval of its MASTER, so nothing breaks; but how fast a failure is noticed depends on which node was MASTER.',
  proof:
    'The interval in the adverts on the wire and `advert_int` in the files, in hundredths of a second as version 3 carries them.',
  remedy: 'Set the same `advert_int` on every member.',
  sources: ['RFC 9568 §5.2.7 and §6.4.2', 'keepalived vrrp.c'],
  explains: [],
  check: (facets) =>
    outcomeOf(
      disagreementsAbout(intervalSetting, facets, comparesVersionThree(facets)).map((disagreement) =>
        draftDisagreement(
          disagreement,
          {
            subject: 'advert interval',
            effect:
              'VRRPv3 accepts this and backups follow the MASTER; the time to fail over changes with it.',
            fix: 'Set the same advert_int on every member, then reload.',
            commandFor: () =>
              'grep -n advert_int /etc/keepalived/keepalived.conf && systemctl reload keepalived',
            log: /advertisement interval (mismatch|updated)/i,
            severity: 'medium',
          },
          facets.nodes,
        ),
      ),
      facets,
    ),
});
