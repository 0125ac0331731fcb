import * as z from 'zod';
import { resourcesOfType, type Template } from './readTemplate.ts';
import type { Resolve } from './resolveTemplate.ts';
import type { BucketOptions } from './s3/s3Options.ts';

const BucketProperties = z.object({
  CorsConfiguration: z
    .object({
      CorsRules: z.array(
        z.object({
          AllowedOrigins: z.array(z.string()),
          AllowedMethods: z.array(z.string()),
          AllowedHeaders: z.array(z.string()).optional(),
          ExposedHeaders: z.array(z.string()).optional(),
          MaxAge: z.int().optional(),
        }),
      ),
    })
    .optional(),
  NotificationConfiguration: z
    .object({ EventBridgeConfiguration: z.object({ EventBridgeEnabled: z.boolean() }) })
    .optional(),
  ObjectLockConfiguration: z
    .object({ Rule: z.object({ DefaultRetention: z.object({ Days: z.number() }) }) })
    .optional(),
});

/** The buckets of the template as the local S3 takes them. */
export function localBuckets(template: Template, resolve: Resolve): BucketOptions[] {
  return resourcesOfType(template, 'AWS::S3::Bucket').map(({ id, properties }) => {
    const bucket = BucketProperties.parse(resolve(properties));
    const objectLockDays = bucket.ObjectLockConfiguration?.Rule.DefaultRetention.Days;
    const corsRules = bucket.CorsConfiguration?.CorsRules.map((rule) => ({
      allowedOrigins: rule.AllowedOrigins,
      allowedMethods: rule.AllowedMethods,
      allowedHeaders: rule.AllowedHeaders,
      exposeHeaders: rule.ExposedHeaders,
      maxAgeSeconds: rule.MaxAge,
    }));
    return {
      name: String(resolve({ Ref: id })),
      notify: bucket.NotificationConfiguration?.EventBridgeConfiguration.EventBridgeEnabled ?? false,
      ...(objectLockDays !== undefined && { objectLockDays }),
      ...(corsRules !== undefined && { corsRules }),
    };
  });
}
