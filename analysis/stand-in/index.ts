/** Every service's stand-in, one file and one line each, in the order of the services' list. */
import { aws } from './aws.ts';
import { facebook } from './facebook.ts';
import { github } from './github.ts';
import { googleApiKey } from './google-api-key.ts';
import { jwt } from './jwt.ts';
import { npm } from './npm.ts';
import { openai } from './openai.ts';
import { pypi } from './pypi.ts';
import { rubygems } from './rubygems.ts';
import { sendgrid } from './sendgrid.ts';
import { slack } from './slack.ts';
import { slackWebhook } from './slack-webhook.ts';
import { stripe } from './stripe.ts';
import { swt } from './swt.ts';
import { telegram } from './telegram.ts';
import { twilio } from './twilio.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

export const SERVICE_STAND_INS: readonly ServiceStandIn[] = [
  aws,
  facebook,
  slack,
  slackWebhook,
  jwt,
  swt,
  github,
  npm,
  pypi,
  rubygems,
  googleApiKey,
  telegram,
  stripe,
  sendgrid,
  openai,
  twilio,
];
