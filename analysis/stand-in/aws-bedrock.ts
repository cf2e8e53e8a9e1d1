import { makeShortTermKey, regionOf } from '../services/aws-bedrock.ts';
import { headerStandIn } from './engine/header-stand-in.ts';
import { authorization, jsonAnswer } from './engine/wire.ts';
import type { ServiceStandIn } from './service-stand-in.ts';

const foundationModels = headerStandIn({
  id: 'aws-bedrock',
  paths: ['/foundation-models'],
  token: 'Bearer',
  answers: {
    active: jsonAnswer(200, { modelSummaries: [{ modelId: 'amazon.titan-text-lite-v1' }] }),
    restricted: jsonAnswer(403, {
      Message: 'User: arn:aws:iam::123456789012:user/BedrockAPIKey-1 is not authorized to perform: bedrock:ListFoundationModels',
    }),
    revoked: jsonAnswer(403, { Message: 'Authentication failed: Please make sure your API Key is valid.' }),
  },
  stranger: 'revoked',
});

export const awsBedrock: ServiceStandIn = {
  ...foundationModels,
  answer(request, lookup) {
    const token = authorization(request, 'Bearer') ?? '';
    const isAbroad = token.startsWith('bedrock-api-key-') && request.host !== `bedrock.${regionOf(token)}.amazonaws.com`;
    // A short-term key is unknown outside of its region.
    return foundationModels.answer(request, isAbroad ? () => null : lookup);
  },
  offline(verdict, random, now) {
    if (verdict !== 'inactive') return null;
    const token = makeShortTermKey(
      random.text(64, '0123456789abcdef'),
      random.text(300, 'abcdefABCDEF'),
      new Date(now.getTime() - 44_000_000),
    );
    return { format: 'aws-bedrock.short-term-key', sample: { text: `AWS_BEARER_TOKEN_BEDROCK=${token}\n`, parts: { token } } };
  },
};
