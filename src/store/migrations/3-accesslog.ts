import type { MigrationInterface } from "typeorm";

export class AccessLog1764000000003 implements MigrationInterface {
  readonly name = "AccessLog1764000000003";

  up(): Promise<void> {
    return Promise.resolve();
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}
