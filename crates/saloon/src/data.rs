//! `saloon backup`, `restore`, `verify`, `export` and `import`: what an operator does with the database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use server::config::Config;
use store::StoreError;
use store::tools::{self, Secrets};

use crate::cli::{BackupOptions, DataOptions, ExportOptions, ImportOptions, RestoreOptions, VerifyOptions};
use crate::progress::Progress;

/// The configuration, with the database that was named on the command line.
pub fn configure(options: &DataOptions) -> anyhow::Result<Config> {
    let mut config = match &options.config {
        Some(file) => Config::load(file)?,
        None => Config::default(),
    };
    if let Some(path) = &options.data {
        config.datastore.path.clone_from(path);
    }
    Ok(config)
}

/// Where an existing database is.
fn database(options: &DataOptions) -> anyhow::Result<PathBuf> {
    let path = store::database(&configure(options)?.datastore.path);
    if !path.exists() {
        bail!("there is no database {} yet", path.display());
    }
    Ok(path)
}

/// Prints where the copy is.
pub fn backup(options: &BackupOptions) -> anyhow::Result<()> {
    let database = database(&options.place)?;
    let mut progress = Progress::new("copying");
    let copy = tools::backup(&database, &options.dir, &mut |done, all| progress.tell(done, all));
    drop(progress);
    writeln!(io::stdout(), "{}", copy?.display())?;
    Ok(())
}

/// Prints what was put where.
pub fn restore(options: &RestoreOptions) -> anyhow::Result<()> {
    let path = configure(&options.place)?.datastore.path;
    let backup = if options.from.is_dir() { newest(&options.from)? } else { options.from.clone() };
    let in_the_way = store::database(&path).exists() && !options.force;
    let mut progress = Progress::new("restoring");
    let aside = tools::restore(&backup, &path, options.force, &mut |done, all| progress.tell(done, all));
    drop(progress);
    let aside = aside.map_err(|error| match error {
        StoreError::Failed { .. } if in_the_way => anyhow::Error::new(error)
            .context("nothing was restored; with --force, what is there is kept beside it"),
        error => refusal(error),
    })?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} is in place as {}.", backup.display(), store::database(&path).display())?;
    if let Some(aside) = aside {
        writeln!(out, "What was there is {}.", aside.display())?;
    }
    Ok(())
}

/// Why the store declines, with what to do about a server that runs.
fn refusal(error: StoreError) -> anyhow::Error {
    match error {
        StoreError::InUse { path, pid } => {
            anyhow!("{}: a server is running on it (process {pid}); stop it first", path.display())
        }
        error => error.into(),
    }
}

/// The newest backup in a directory: they are named for the time.
fn newest(dir: &Path) -> anyhow::Result<PathBuf> {
    let unreadable = || format!("{} cannot be read", dir.display());
    let mut backups = Vec::new();
    for entry in fs::read_dir(dir).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("saloon-") && name.ends_with(".db") {
            backups.push(path);
        }
    }
    backups
        .into_iter()
        .max()
        .with_context(|| format!("there is no backup (saloon-….db) in {}", dir.display()))
}

/// Prints what is wrong, and fails if anything is.
pub fn verify(options: &VerifyOptions) -> anyhow::Result<()> {
    let database = database(&options.place)?;
    let mut progress = Progress::new("looking");
    let findings = tools::verify(&database, &mut |done, all| progress.tell(done, all));
    drop(progress);
    let (findings, mut out) = (findings?, io::stdout().lock());
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    match findings.len() {
        0 => Ok(writeln!(out, "OK: all is well with {}", database.display())?),
        1 => bail!("{} is damaged: one finding", database.display()),
        count => bail!("{} is damaged: {count} findings", database.display()),
    }
}

/// Writes the lines to the file or to standard output.
pub fn export(options: &ExportOptions) -> anyhow::Result<()> {
    let database = database(&options.place)?;
    let secrets = if options.secrets { Secrets::Included } else { Secrets::LeftOut };
    let mut out: Box<dyn Write> = match &options.file {
        Some(file) => Box::new(BufWriter::new(create(file)?)),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let mut progress = Progress::new("exporting");
    let exported = tools::export(&database, &mut *out, secrets, &mut |done, all| progress.tell(done, all));
    drop(progress);
    exported?;
    out.flush()?;
    Ok(())
}

/// A new file for its owner alone: what people said is nobody else's business.
fn create(file: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(file).with_context(|| format!("{} cannot be made", file.display()))
}

/// Reads the lines of the file or of standard input.
pub fn import(options: &ImportOptions) -> anyhow::Result<()> {
    let config = configure(&options.place)?;
    let mut lines: Box<dyn BufRead> = match &options.file {
        Some(file) => {
            let open = File::open(file).with_context(|| format!("{} cannot be read", file.display()));
            Box::new(BufReader::new(open?))
        }
        None => Box::new(io::stdin().lock()),
    };
    let path = &config.datastore.path;
    let mut progress = Progress::new("importing");
    let imported = tools::import(path, &mut *lines, server::casemapping(&config), &mut |done, all| {
        progress.tell(done, all)
    });
    drop(progress);
    imported.map_err(refusal)?;
    writeln!(io::stdout(), "OK: everything is in {}", store::database(path).display())?;
    Ok(())
}
