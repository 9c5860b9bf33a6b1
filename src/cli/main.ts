// The command: what it understands, and how its outcomes become exit codes.

import { Command, CommanderError, Option } from 'commander';
import { version } from '../../package.json';
import { napUntil } from '../gpu/node';
import { STRATEGIES } from '../gpu/strategies';
import { UserError } from '../math/errors';
import { DEFAULT_PRESET, presets } from '../presets';
import { benchmarks, OBJECTIVES, PROTOCOLS } from '../presets/benchmarks';
import { type Console, Failure, processConsole } from './console';
import type { InspectOptions } from './inspect';
import type { ReplayOptions } from './replay';
import type { ReproduceOptions } from './reproduce';
import type { SampleOptions } from './sample';
import type { ScoreOptions } from './score';
import type { TheoryCommandOptions } from './theory';
import type { TrainOptions } from './train';

const FAILED = 1;
const MISUSED = 2;

/**
 * Runs the command with the arguments after its name, and returns its exit code: 0, 1 for a failure, 2 for what the user
 * can mend. Says either in one line, without a stack.
 */
export async function main(args: readonly string[], console: Console = processConsole()): Promise<number> {
  let code = 0;
  try {
    const done = program(console, (result) => {
      code = result;
    }).parseAsync(args, { from: 'user' });
    await napUntil(done);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    if (error instanceof UserError || error instanceof Failure) {
      console.err(`webgan: ${error.message}`);
      return error instanceof UserError ? MISUSED : FAILED;
    }
    console.err(`webgan: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env.WEBGAN_DEBUG && error instanceof Error) console.err(error.stack ?? '');
    return FAILED;
  }
}

/** Options of `train` that a run which goes on has settled. */
const OF_NEW_RUNS: ReadonlySet<string> = new Set(['out', 'name', 'image-size', 'skip-bad']);

// Commands are imported when they are called for: `presets` needs neither a GPU nor a canvas.
function program(console: Console, exit: (code: number) => void): Command {
  const program = new Command('webgan')
    .description('Trains generative adversarial networks wholly on the GPU, with hand-written WGSL.')
    .version(version)
    .configureOutput({
      writeOut: (text) => console.out(text.replace(/\n$/, '')),
      writeErr: (text) => console.err(usageError(text)),
    })
    .exitOverride()
    .addHelpText('after', EXIT_CODES);

  program
    .command('train')
    .summary('train a preset or a configuration, and write a run folder')
    .description(
      'Trains a preset or a configuration file and writes metrics, pictures, a checkpoint and a summary into a run folder. ' +
        'Ctrl-C ends it with everything written, and --resume goes on, as it does after a crash.',
    )
    .argument(
      '[preset or config.json]',
      `one of ${presets.names.join(', ')}, or a JSON file (default: ${DEFAULT_PRESET})`,
    )
    .option(
      '--resume <run>',
      'go on with a run from its checkpoint; of its configuration --steps (where no schedule depends on it), ' +
        '--report-every and --evaluate-every may be set anew',
    )
    .option(
      '--checkpoint-every <n>',
      'iterations between two checkpoints (default: one at every evaluation)',
      wholeNumber('--checkpoint-every', 1, 1_000_000_000),
    )
    .option(
      '--recover',
      'where numbers are no longer finite, go on from the last checkpoint at half the learning rates, once',
      false,
    )
    .option(
      '--data <path>',
      'images to train on: a folder, a .zip, MNIST’s or CIFAR’s files; with --resume where they lie now',
    )
    .option(
      '--image-size <n>',
      'pixels along each side of the images, scaled and cropped',
      wholeNumber('--image-size', 1, 1024),
    )
    .option('--skip-bad', 'go on without files that are no images')
    .option('--steps <n>', 'iterations of the run')
    .option('--seed <n>', 'seed of every random number')
    .option('--batch-size <n>', 'samples in a batch')
    .option('--report-every <n>', 'iterations between two lines of metrics')
    .option('--evaluate-every <n>', 'iterations between two evaluations')
    .option(
      '--set <path=value>',
      'any field of the configuration, e.g. generator[0].units=64; may be repeated',
      collect,
    )
    .option('--out <folder>', 'where run folders are made', 'runs')
    .option(
      '--name <name>',
      'the run folder’s name (default: the preset’s or file’s, numbered where it is taken)',
    )
    .addOption(
      new Option('--runtime <runtime>', 'train in Node, or in headless Chromium through the page')
        .choices(['node', 'chrome'])
        .default('node'),
    )
    .addOption(strategyOption())
    .option('--verbose', 'also tell how the matrix products run and what the GPU’s memory holds', false)
    .option('--json', 'print one JSON object at the end instead of sentences', false)
    .action(
      async (
        source: string | undefined,
        options: Record<string, unknown> & { set?: string[] },
        command: Command,
      ) => {
        const { train } = await import('./train');
        // The options of their own win over --set, whatever the order: they are the more particular wish.
        const settings = [
          ...(options.set ?? []),
          ...SETTINGS.filter((key) => key in options).map((key) => `${key}=${options[key]}`),
        ];
        if (options.resume !== undefined) {
          const given = [
            ...(source === undefined ? [] : [source]),
            ...command.options
              .filter((option) => OF_NEW_RUNS.has(option.name()))
              .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
              .map((option) => option.long),
          ];
          if (given.length > 0)
            throw new UserError(
              `--resume: ${given[0]} given too, but a run goes on in its own folder with its own configuration; ` +
                `--resume without it would do.`,
            );
        }
        if (options.runtime === 'chrome' && options.strategy !== undefined)
          throw new UserError('--strategy: the page chooses by itself; --runtime node would do.');
        await train(source, { ...(options as unknown as TrainOptions), settings }, console);
      },
    );

  program
    .command('inspect')
    .summary('tell what images a folder, an archive or a file holds')
    .description(
      'Reads images as train does (a folder or .zip of PNG, JPEG or WebP; MNIST’s or CIFAR’s files, also packed) and tells ' +
        'their number, size, channels and classes, or which file is wrong and why.',
    )
    .argument('<path>', 'a folder, an archive or a file')
    .option(
      '--image-size <n>',
      'pixels along each side, scaled and cropped (default: their own)',
      wholeNumber('--image-size', 1, 1024),
    )
    .addOption(
      new Option('--channels <n>', 'make all of them grey (1) or RGB (3) (default: their own)').choices([
        '1',
        '3',
      ]),
    )
    .option('--skip-bad', 'go on without files that are no images')
    .option('--out <file>', 'draw a contact sheet into a .png')
    .option('--json', 'print one JSON object instead of sentences', false)
    .action(async (path: string, options: Omit<InspectOptions, 'channels'> & { channels?: '1' | '3' }) => {
      const { inspect } = await import('./inspect');
      const { channels, ...rest } = options;
      await inspect(path, { ...rest, ...(channels && { channels: channels === '1' ? 1 : 3 }) }, console);
    });

  program
    .command('sample')
    .summary('draw samples of a trained generator')
    .description(
      'Draws samples of a run’s generator into a picture, a folder of images, or a file of numbers; the same samples for the same seed.',
    )
    .argument('<run>', 'a run’s folder, or its name in runs/')
    .option(
      '--count <n>',
      'how many samples (default: 1000, in a picture of images 64)',
      wholeNumber('--count', 1, 1_000_000),
    )
    .option('--seed <n>', 'seed of the noise', wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER), 1)
    .option(
      '--class <n>',
      'of a conditional run: the class to draw (default: all; in a picture of images a row each)',
      wholeNumber('--class', 0, 65_535),
    )
    .option('--interpolate <rows>x<columns>', 'of images: ways from one sample to the next, a row each', ways)
    .option('--raw', 'by the generator as it is trained, where the run also keeps an average of it', false)
    .requiredOption('--out <path>', 'a file that ends in .png, .csv or .npy; of images also a folder')
    .action(async (run: string, { class: label, ...options }: SampleOptions & { class?: number }) => {
      const { sample } = await import('./sample');
      await sample(run, { ...options, ...(label !== undefined && { label }) }, console);
    });

  program
    .command('score')
    .summary('score a trained generator of images')
    .description(
      'Scores a run’s generator of images without any downloaded network, each score beside what other real images get: ' +
        'sliced Wasserstein distance, precision, recall, density, coverage, and the real images nearest to samples; of ' +
        'labelled data also what a small classifier says that is trained here. Writes scores.json and nearest.png into the run’s folder.',
    )
    .argument('<run>', 'a run’s folder, or its name in runs/')
    .option(
      '--samples <n>',
      'how many samples and real images of each kind to compare',
      wholeNumber('--samples', 16, 50_000),
      2000,
    )
    .option('--seed <n>', 'seed of the noise', wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER), 1)
    .option('--data <path>', 'where its images lie now, if no longer where they were')
    .option('--json', 'print one JSON object instead of a table', false)
    .action(async (run: string, options: ScoreOptions) => {
      const { score } = await import('./score');
      await score(run, options, console);
    });

  program
    .command('replay')
    .summary('replay recorded training runs and compare')
    .description(
      'Replays recorded training runs (parity cases) and says the worst error of each beside its tolerance.',
    )
    .argument('<case.safetensors...>', 'recorded runs')
    .addOption(strategyOption())
    .option(
      '--json',
      'print one JSON object a case: file, pass, worst: { tensor, error, tolerance }, errors: all of them',
      false,
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 all pass, 1 a case fails, 2 a file cannot be read or uses something not built yet.',
    )
    .action(async (files: string[], options: ReplayOptions) => {
      const { replayFiles } = await import('./replay');
      exit(await replayFiles(files, options, console));
    });

  program
    .command('theory')
    .summary('hold the trainer against the mathematics')
    .description(
      'Trains D against a known generator and holds it against the best D there is, V against its formula with the ' +
        'Jensen–Shannon divergence, and the Dirac-GAN’s rotation against its closed form. Prints tables, writes figures.',
    )
    .argument(
      '[experiments...]',
      'a (optimum), b (equilibrium), c (dirac), d (damping), e (objectives), f (distance); all where none is given',
    )
    .option('--out <folder>', 'where the figures and theory.json go', 'runs/theory')
    .option('--seed <n>', 'seed of every random number', wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER), 1)
    .option('--quick', 'half the pairs, half the updates on half the batch: done sooner', false)
    .option('--json', 'print one JSON object instead of tables', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 all measurements agree, 1 one does not, 2 the command has to be mended.',
    )
    .action(async (experiments: string[], options: Omit<TheoryCommandOptions, 'experiments'>) => {
      const { theory } = await import('./theory');
      exit((await theory({ experiments, ...options }, console)) ? 0 : FAILED);
    });

  program
    .command('reproduce')
    .summary('run the published small benchmarks')
    .description(
      'Trains on a small benchmark of the literature, with several seeds, and prints what came of it beside what others published and ' +
        'what a perfect sampler gets: ring (8 modes), grid (25 modes), stacked-mnist (1,000 modes; wants --data). Trials that are there are not made again.',
    )
    .argument('<benchmark>', Object.keys(benchmarks).join(', '))
    .addOption(
      new Option('--protocol <protocol>', 'how much training: short takes minutes on a processor')
        .choices(PROTOCOLS)
        .default('short'),
    )
    .addOption(
      new Option(
        '--objective <objective>',
        'r3gan: the relativistic loss with R1 and R2; gan: the non-saturating one alone',
      )
        .choices(OBJECTIVES)
        .default('r3gan'),
    )
    .option('--trials <n>', 'seeds 1 to n (default: 5, of stacked-mnist 1)', wholeNumber('--trials', 1, 1000))
    .option('--steps <n>', 'iterations of each trial', wholeNumber('--steps', 1, 1_000_000_000))
    .option('--data <path>', 'MNIST with its labels, for stacked-mnist')
    .option('--out <folder>', 'where trials are kept', 'runs/reproduce')
    .option('--json', 'print one JSON object instead of tables', false)
    .addHelpText('after', EXIT_CODES)
    .action(async (benchmark: string, options: ReproduceOptions) => {
      const { reproduce } = await import('./reproduce');
      await reproduce(benchmark, options, console);
    });

  program
    .command('doctor')
    .summary('examine the adapter and driver, and advise')
    .description(
      'Examines this machine: adapter, driver, limits, features, a small self-check, and what would be better.',
    )
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText('after', '\nExit codes: 0 webgan can train here, 1 it cannot.')
    .action(async ({ json }: { json: boolean }) => {
      const { doctor, formatDoctor } = await import('./doctor');
      const report = await doctor();
      console.out(json ? JSON.stringify(report) : formatDoctor(report));
      exit(report.ok ? 0 : FAILED);
    });

  program
    .command('explain')
    .summary('tell what a field of a configuration is for')
    .description(
      'Tells what a field of a configuration is for and what it may be: in a sentence and, of what can be chosen, a formula.',
    )
    .argument('[field]', 'such as loss, loss.hinge, generator.conv2d or optimizer.generator.adam.beta1')
    .action(async (field: string | undefined) => {
      const { explainField } = await import('./explain');
      for (const line of explainField(field ?? '')) console.out(line);
    });

  program
    .command('presets')
    .summary('list the presets')
    .description('Lists the presets with a line each.')
    .option('--json', 'print one JSON object: each preset’s description and configuration', false)
    .action(({ json }: { json: boolean }) => {
      const all = presets.names.map((name) => presets.get(name));
      if (json) {
        console.out(
          JSON.stringify(
            Object.fromEntries(all.map(({ name, description, config }) => [name, { description, config }])),
            null,
            2,
          ),
        );
      } else {
        const width = Math.max(...presets.names.map((name) => name.length));
        for (const { name, description } of all) console.out(`${name.padEnd(width)}  ${description}`);
      }
    });

  return program;
}

const EXIT_CODES = '\nExit codes: 0 done, 1 it failed, 2 the command or its input has to be mended.';
/** Options that are fields of the configuration: whether their values will do is for the schema to say. */
const SETTINGS = ['steps', 'seed', 'batchSize', 'reportEvery', 'evaluateEvery'];

/** Commander's complaint as one line; its help, where it writes that, as it is. */
function usageError(text: string): string {
  if (!text.startsWith('error: ')) return text.replace(/\n$/, '');
  const line = text
    .slice('error: '.length)
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `webgan: ${line}${/[.?)]$/.test(line) ? '' : '.'} See webgan --help, or --help after a command.`;
}

const strategyOption = () =>
  new Option(
    '--strategy <strategy>',
    'make every matrix product that can go about it so (default: whatever is quickest on the adapter)',
  ).choices(STRATEGIES);

const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

/** Parses `8x10`. */
function ways(text: string): { rows: number; columns: number } {
  const [, rows, columns] = /^([1-9]\d?)x([1-9]\d?)$/.exec(text) ?? [];
  if (rows === undefined) {
    throw new UserError(
      `--interpolate: ${JSON.stringify(text)} given; rows and columns from 1 to 99, such as 8x10, would do.`,
    );
  }
  return { rows: Number(rows), columns: Number(columns) };
}

/** Parses an option's whole number. */
const wholeNumber =
  (flag: string, low: number, high: number) =>
  (text: string): number => {
    const n = Number(text);
    if (!/^\d+$/.test(text) || n < low || n > high) {
      throw new UserError(
        `${flag}: ${JSON.stringify(text)} given; a whole number from ${low} to ${high} would do.`,
      );
    }
    return n;
  };
