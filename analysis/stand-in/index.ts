/** Every service's stand-in, one file and one line each, in the order of the services' list. */
import { airtable } from './airtable.ts';
import { aiven } from './aiven.ts';
import { algolia } from './algolia.ts';
import { alibabaCloud } from './alibaba-cloud.ts';
import { anthropic } from './anthropic.ts';
import { apify } from './apify.ts';
import { asana } from './asana.ts';
import { assemblyai } from './assemblyai.ts';
import { atlassian } from './atlassian.ts';
import { aws } from './aws.ts';
import { awsBedrock } from './aws-bedrock.ts';
import { azureDevops } from './azure-devops.ts';
import { azureSas } from './azure-sas.ts';
import { azureStorage } from './azure-storage.ts';
import { bitly } from './bitly.ts';
import { brevo } from './brevo.ts';
import { buildkite } from './buildkite.ts';
import { bunny } from './bunny.ts';
import { calCom } from './cal-com.ts';
import { cerebras } from './cerebras.ts';
import { circleci } from './circleci.ts';
import { clerk } from './clerk.ts';
import { clickup } from './clickup.ts';
import { cloudflare } from './cloudflare.ts';
import { cloudinary } from './cloudinary.ts';
import { cohere } from './cohere.ts';
import { contentful } from './contentful.ts';
import { cratesIo } from './crates-io.ts';
import { databricks } from './databricks.ts';
import { datadog } from './datadog.ts';
import { deepgram } from './deepgram.ts';
import { deepseek } from './deepseek.ts';
import { digitalocean } from './digitalocean.ts';
import { discord } from './discord.ts';
import { discordWebhook } from './discord-webhook.ts';
import { dnsimple } from './dnsimple.ts';
import { dockerHub } from './docker-hub.ts';
import { doppler } from './doppler.ts';
import { dropbox } from './dropbox.ts';
import { dub } from './dub.ts';
import { duffel } from './duffel.ts';
import { e2b } from './e2b.ts';
import { elevenlabs } from './elevenlabs.ts';
import { entra } from './entra.ts';
import { facebook } from './facebook.ts';
import { fastly } from './fastly.ts';
import { figma } from './figma.ts';
import { firecrawl } from './firecrawl.ts';
import { fireworks } from './fireworks.ts';
import { fly } from './fly.ts';
import { frameIo } from './frame-io.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { googleApiKey } from './google-api-key.ts';
import { googleOauth } from './google-oauth.ts';
import { googleServiceAccount } from './google-service-account.ts';
import { grafanaCloud } from './grafana-cloud.ts';
import { groq } from './groq.ts';
import { heroku } from './heroku.ts';
import { hetzner } from './hetzner.ts';
import { hubspot } from './hubspot.ts';
import { huggingFace } from './hugging-face.ts';
import { intercom } from './intercom.ts';
import { ipinfo } from './ipinfo.ts';
import { jwt } from './jwt.ts';
import { langfuse } from './langfuse.ts';
import { langsmith } from './langsmith.ts';
import { launchdarkly } from './launchdarkly.ts';
import { lichess } from './lichess.ts';
import { linear } from './linear.ts';
import { linode } from './linode.ts';
import { lob } from './lob.ts';
import { mailchimp } from './mailchimp.ts';
import { mailersend } from './mailersend.ts';
import { mailgun } from './mailgun.ts';
import { mandrill } from './mandrill.ts';
import { mapbox } from './mapbox.ts';
import { mercadoPago } from './mercado-pago.ts';
import { mistral } from './mistral.ts';
import { mollie } from './mollie.ts';
import { neon } from './neon.ts';
import { netlify } from './netlify.ts';
import { newRelic } from './new-relic.ts';
import { notion } from './notion.ts';
import { npm } from './npm.ts';
import { nvidia } from './nvidia.ts';
import { okta } from './okta.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import { opsgenie } from './opsgenie.ts';
import { paddle } from './paddle.ts';
import { pagerduty } from './pagerduty.ts';
import { paypal } from './paypal.ts';
import { perplexity } from './perplexity.ts';
import { pinecone } from './pinecone.ts';
import { postman } from './postman.ts';
import { postmark } from './postmark.ts';
import { prefect } from './prefect.ts';
import { pulumi } from './pulumi.ts';
import { pypi } from './pypi.ts';
import { razorpay } from './razorpay.ts';
import { readme } from './readme.ts';
import { render } from './render.ts';
import { replicate } from './replicate.ts';
import { resend } from './resend.ts';
import { rollbar } from './rollbar.ts';
import { rubygems } from './rubygems.ts';
import { segment } from './segment.ts';
import { sendgrid } from './sendgrid.ts';
import { sentry } from './sentry.ts';
import { shippo } from './shippo.ts';
import { shopify } from './shopify.ts';
import { slack } from './slack.ts';
import { slackWebhook } from './slack-webhook.ts';
import { snyk } from './snyk.ts';
import { sonarcloud } from './sonarcloud.ts';
import { square } from './square.ts';
import { stripe } from './stripe.ts';
import { supabase } from './supabase.ts';
import { swt } from './swt.ts';
import { tailscale } from './tailscale.ts';
import { tavily } from './tavily.ts';
import { telegram } from './telegram.ts';
import { terraformCloud } from './terraform-cloud.ts';
import { todoist } from './todoist.ts';
import { together } from './together.ts';
import { travisCi } from './travis-ci.ts';
import { twilio } from './twilio.ts';
import { twitch } from './twitch.ts';
import { typeform } from './typeform.ts';
import { vercel } from './vercel.ts';
import { vultr } from './vultr.ts';
import { webflow } from './webflow.ts';
import { weightsAndBiases } from './weights-and-biases.ts';
import { xai } from './xai.ts';
import type { ServiceStandIn } from './service-stand-in.ts';
import { braintree } from './braintree.ts';
import { zendesk } from './zendesk.ts';
import { x } from './x.ts';
import { plaid } from './plaid.ts';
import { etherscan } from './etherscan.ts';
import { tencentCloud } from './tencent-cloud.ts';
import { volcengine } from './volcengine.ts';
import { huaweiCloud } from './huawei-cloud.ts';
import { bitrise } from './bitrise.ts';

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
  gitlab,
  googleOauth,
  mailgun,
  mailchimp,
  mandrill,
  discord,
  discordWebhook,
  anthropic,
  huggingFace,
  groq,
  xai,
  openrouter,
  replicate,
  deepseek,
  mistral,
  cohere,
  fireworks,
  cerebras,
  elevenlabs,
  langsmith,
  perplexity,
  pinecone,
  nvidia,
  weightsAndBiases,
  digitalocean,
  heroku,
  square,
  dropbox,
  shopify,
  sentry,
  azureStorage,
  azureSas,
  entra,
  azureDevops,
  paypal,
  dockerHub,
  datadog,
  newRelic,
  algolia,
  airtable,
  notion,
  figma,
  linear,
  postman,
  cloudinary,
  cloudflare,
  vercel,
  netlify,
  circleci,
  buildkite,
  supabase,
  mapbox,
  googleServiceAccount,
  awsBedrock,
  cratesIo,
  fly,
  databricks,
  terraformCloud,
  pulumi,
  doppler,
  launchdarkly,
  hubspot,
  brevo,
  clickup,
  contentful,
  sonarcloud,
  apify,
  duffel,
  frameIo,
  lichess,
  mailersend,
  neon,
  prefect,
  readme,
  resend,
  postmark,
  intercom,
  asana,
  twitch,
  fastly,
  hetzner,
  linode,
  vultr,
  paddle,
  shippo,
  lob,
  mollie,
  mercadoPago,
  together,
  e2b,
  firecrawl,
  calCom,
  dub,
  typeform,
  tailscale,
  tavily,
  pagerduty,
  opsgenie,
  grafanaCloud,
  langfuse,
  razorpay,
  atlassian,
  aiven,
  bunny,
  bitly,
  deepgram,
  assemblyai,
  ipinfo,
  rollbar,
  snyk,
  todoist,
  travisCi,
  webflow,
  dnsimple,
  clerk,
  render,
  segment,
  okta,
  alibabaCloud,
  braintree,
  zendesk,
  x,
  plaid,
  etherscan,
  tencentCloud,
  volcengine,
  huaweiCloud,
  bitrise,
];
