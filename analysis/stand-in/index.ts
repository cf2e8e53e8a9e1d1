/** Every service's stand-in, one file and one line each, in the order of the services' list. */
import type { ServiceStandIn } from './service-stand-in.ts';

export const SERVICE_STAND_INS: readonly ServiceStandIn[] = [];
