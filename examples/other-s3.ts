import { S3Client } from '@aws-sdk/client-s3';

export const client = new S3Client({
  endpoint: 'https://s3.example.com',
  region: 'us-east-1',
  forcePathStyle: true, // the bucket is in the path, not in the name of the host
  requestChecksumCalculation: 'WHEN_REQUIRED', // many servers do not know the newer checksums
});
