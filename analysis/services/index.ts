/** Every service whose tokens we know, one file and one line each. */
import type { Service } from '../service.ts';
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
import { slackWebhook } from './slack-webhook.ts';
import { slack } from './slack.ts';
import { stripe } from './stripe.ts';
import { swt } from './swt.ts';
import { telegram } from './telegram.ts';
import { twilio } from './twilio.ts';

export const SERVICES = [
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
] as const satisfies readonly Service[];
