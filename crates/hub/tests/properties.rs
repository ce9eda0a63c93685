//! Whatever is asked, in whatever order, some things stay true; see `fuzzing::trial` for which.

use hub::fuzzing::trial;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/properties.failures"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_hub_stays_consistent_and_a_replay_is_equal(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert_eq!(trial(&bytes), Ok(()));
    }

    #[test]
    fn a_hub_full_of_users_stays_consistent(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        // Everyone connects and registers first, so that the rest of the bytes meets a crowd.
        let crowd = (0..7_u8).flat_map(|session| {
            let connect = [0, session, 0];
            let register = [1, session, 0, 1, session, session, 0, session, 0, 0, 0];
            connect.into_iter().chain(register)
        });
        let bytes: Vec<u8> = crowd.chain(bytes).collect();
        prop_assert_eq!(trial(&bytes), Ok(()));
    }

    #[test]
    fn a_hub_whose_users_stay_stays_consistent(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        // Ann, bob, cy and dan have accounts, stay, and are here.
        let owners = [0_u8, 2, 4, 5].into_iter().enumerate().flat_map(|(session, nick)| {
            let session = session as u8;
            let create = [40, 7, 0, nick, 0, 0, 0];
            let stay = [43, 7, 0, nick, 6, 1, 1];
            let connect = [0, session, 0];
            let login = [42, session, 0, nick];
            let register = [1, session, 0, 0, 0, 0, nick, 0, 0];
            let join = [5, session, 0, 0, 0, 0];
            create.into_iter().chain(stay).chain(connect).chain(login).chain(register).chain(join)
        });
        let bytes: Vec<u8> = owners.chain(bytes).collect();
        prop_assert_eq!(trial(&bytes), Ok(()));
    }
}
