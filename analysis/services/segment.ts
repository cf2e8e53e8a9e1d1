import {
  ANSWERS_NOT_COMPARED,
  active,
  field,
  get,
  inactive,
  lists,
  names,
  restricted,
  reveal,
  verdictTable,
} from '../service-kit.ts';
import type { Service } from '../service.ts';
import { ALNUM, run, shaped } from '../token-shape.ts';

const DOCS = 'https://docs.segmentapis.com';

export const segment = {
  id: 'segment',
  label: 'Segment',
  family: 'token',
  docs: DOCS,
  revoke: 'https://app.segment.com/goto-my-workspace/settings/access-management',
  formats: [shaped({ id: 'segment.public-api-token', shape: ['sgp_', run(ALNUM, 64)], variable: 'SEGMENT_TOKEN' })],
  probe: {
    hosts: ['api.segmentapis.com', 'eu1.api.segmentapis.com'],
    effect: 'reads',
    requests: (parts) =>
      ['api.segmentapis.com', 'eu1.api.segmentapis.com'].map((host) =>
        get(`https://${host}/`, { authorization: `Bearer ${reveal(parts)}` }),
      ),
    read: verdictTable([
      active('workspace', 200, [names('data.workspace.id')], `${DOCS}/tag/Workspaces`),
      restricted('forbidden', 403, [field('errors.0.type', 'forbidden')], `${DOCS}/#section/Errors`),
      inactive('unauthorized', 401, [lists('errors')], `${DOCS}/#section/Errors`),
    ]),
  },
  unconfirmed: [ANSWERS_NOT_COMPARED, 'the bodies of the refusals'],
} as const satisfies Service;
