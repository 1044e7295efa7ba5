import type { Texts } from '../en/index.ts';

export const errors: Texts['errors'] = {
  'signed-out': 'Vous n’êtes pas connecté. Connectez-vous pour télécharger.',
  'invalid-credentials': 'Adresse ou mot de passe incorrect.',
  'verification-required': 'Cette adresse n’est pas encore confirmée. Saisissez le code envoyé.',
  'session-ended': 'Votre session est terminée. Reconnectez-vous pour reprendre vos transferts.',
  'account-suspended':
    'Ce compte est suspendu. Pour le faire rouvrir, contactez le service par son site web.',
  'code-invalid': 'Code incorrect.',
  'code-expired': 'Ce code a expiré. Demandez-en un nouveau.',
  'flow-closed': 'Ce code a déjà servi ou a été mal saisi trop souvent. Recommencez.',
  'resend-too-soon': 'Vous pourrez envoyer un nouveau code dans un instant.',
  'too-many-attempts': 'Trop d’essais. Réessayez plus tard.',
  'validation-failed': 'Vérifiez les champs signalés.',
  'reauth-required': 'Saisissez à nouveau votre mot de passe.',
  'edit-conflict':
    'Ceci a été modifié ailleurs entre-temps. Voici la dernière version : refaites votre modification et enregistrez.',
  'no-pending-flow': 'Aucun code n’est attendu. Recommencez.',
  'keychain-absent':
    'Cet ordinateur n’a pas de trousseau. Vous restez connecté jusqu’à la fermeture de l’application.',
  'keychain-locked':
    'Le trousseau est verrouillé. Rien n’est perdu. Déverrouillez-le, puis réessayez.',
  'keychain-unanswered': 'Le trousseau ne répond pas. Rien n’est perdu. Réessayez dans un instant.',
  'keychain-unreadable':
    'L’entrée du trousseau est illisible et a été mise de côté. Reconnectez-vous.',
  'credentials-closed':
    'Le fichier d’identifiants ne s’ouvre pas : sa clé manque ou ce n’est pas la bonne. Rien n’est perdu. Démarrez avec la bonne clé.',
  'password-needed':
    'Le mot de passe de cette adresse n’est pas disponible, faute de trousseau ou parce qu’il est verrouillé. Déverrouillez-le, ou ajoutez de nouveau l’adresse avec son mot de passe. Les fichiers téléchargés sont conservés.',
  offline: 'Hors ligne. Ce qui est enregistré sur cet ordinateur reste utilisable.',
  'https-required':
    'L’adresse doit commencer par https://. En http, votre mot de passe peut être lu par d’autres.',
  'service-unreachable': 'Le service ne répond pas. Nouvelle tentative automatique.',
  'service-error': 'Le service rencontre un problème. Réessayez dans un instant.',
  'rate-limited': 'Trop de requêtes. Réessayez dans un instant.',
  timeout: 'Le service n’a pas répondu à temps. Réessayez.',
  tls: 'Le certificat du service n’est pas reconnu. Rien n’a été envoyé.',
  'proxy-unreachable':
    'Le proxy est injoignable. Nouvelle tentative automatique. Si cela dure, vérifiez-le dans Réglages, Connexion.',
  'proxy-auth':
    'Le proxy demande un nom d’utilisateur et un mot de passe. Saisissez-les dans Réglages, Connexion.',
  'proxy-refused':
    'Le proxy refuse cette adresse. Nouvelle tentative automatique. Demandez à votre service informatique de l’autoriser.',
  'client-too-old':
    'Cette version de l’application est trop ancienne pour le service. Mettez-la à jour.',
  'origin-refused': 'Le serveur a refusé l’accès. Un nouveau lien est demandé automatiquement.',
  'origin-error': 'Le serveur rencontre un problème. Nouvelle tentative automatique.',
  'captive-portal':
    'Une page web a répondu à la place du service. Identifiez-vous d’abord sur ce réseau dans votre navigateur.',
  stalled: 'La connexion s’est arrêtée. Nouvelle tentative automatique.',
  'redirect-refused': 'Le serveur renvoie vers une adresse peu sûre. Rien n’en a été téléchargé.',
  'short-body': 'La connexion s’est rompue. Le transfert reprend où il en était.',
  'range-ignored':
    'Le serveur ne permet pas la reprise. Le fichier est retéléchargé depuis le début.',
  'source-changed':
    'Le fichier a changé sur le serveur : ce qui était téléchargé ne peut être ni complété ni réparé.',
  'source-blocked':
    'La source a renvoyé une page web ou un contrôle de navigateur. Nouvelle tentative automatique. Ses images restent au catalogue.',
  'source-gone':
    'L’éditeur a fermé cette source définitivement. Ses images restent au catalogue, sans nouveautés.',
  'key-refused': 'La source exige une clé ou un mot de passe, ou a refusé ce qu’elle a reçu.',
  'hash-mismatch':
    'Le fichier est endommagé ou a changé sur le serveur. Il n’a pas été enregistré.',
  'manifest-invalid': 'La liste de fichiers n’est pas valide. Rien n’a été téléchargé.',
  'untrusted-key':
    'La clé de signature de la liste de fichiers est inconnue. Rien n’a été téléchargé.',
  'other-package':
    'Le dossier contient un autre sujet ou une autre version. Réparez-le pour retrouver les bons fichiers.',
  'unsafe-name':
    'Un nom de fichier n’est pas sûr ou sort du dossier. Les fichiers ainsi nommés n’ont pas été téléchargés.',
  'feed-invalid': 'Aucun flux lisible à cette adresse.',
  'several-feeds': 'Cette page propose plusieurs flux. Utilisez l’adresse de l’un d’eux.',
  'no-feed': 'Cette page n’a pas de flux. Vous pouvez enregistrer la page elle-même.',
  'page-unreadable': 'Aucun article lisible à cette adresse. Ouvrez la page dans un navigateur.',
  'ledger-broken': 'Le registre a été modifié après coup. Voir Historique et registre.',
  'metalink-invalid': 'Ce n’est pas un fichier Metalink valide.',
  'disk-full':
    'Le disque est plein. Libérez de l’espace et le transfert reprendra automatiquement.',
  'disk-error': 'Le disque a signalé une erreur. Les fichiers vérifiés sont intacts.',
  'destination-missing':
    'Le dossier est introuvable. Rebranchez le disque et le transfert reprendra automatiquement.',
  'not-permitted':
    'Impossible d’écrire dans ce dossier. Choisissez-en un autre ou modifiez ses droits d’accès.',
  exists: 'Un autre fichier porte déjà ce nom. Il n’a pas été touché.',
  'file-too-large': 'Le système de fichiers du disque n’admet pas un fichier aussi grand.',
  'not-found': 'Ceci n’est plus disponible.',
  withdrawn: 'Retiré par l’éditeur. Ne l’utilisez pas.',
  'on-hold': 'Suspendu par l’éditeur. Ne l’utilisez pas tant que la suspension n’est pas levée.',
  expired: 'La licence a expiré. Aucune nouvelle utilisation.',
  superseded: 'Une version plus récente est disponible.',
  'other-service': 'Cela vient d’un autre service que celui utilisé.',
  'cursor-expired': 'La liste a changé et se recharge.',
  embargoed: 'Sous embargo.',
  'territory-restricted': 'Non autorisé sur votre territoire.',
  'platform-restricted': 'Non autorisé sur les plateformes où vous publiez.',
  'restriction-unacknowledged': 'Confirmez d’abord les restrictions.',
  'terms-not-accepted':
    'Les conditions d’utilisation ont changé. Acceptez-les pour reprendre vos transferts.',
  'entitlement-missing': 'Non inclus dans votre compte.',
  'copies-refused': 'L’éditeur n’autorise pas de copie de cet article.',
  'quota-exceeded': 'Le quota du jour est atteint.',
  managed: 'Défini par votre administrateur. Non modifiable ici.',
  usage: 'Cette valeur n’est pas valide.',
  'home-in-use': 'L’application est déjà ouverte.',
  'invalid-payload': 'Cette valeur n’est pas valide.',
  forbidden: 'Ceci n’est pas autorisé.',
  cancelled: 'Annulé.',
  'no-browser':
    'Un PDF demande un navigateur sur cet ordinateur. Installez Chromium, Chrome ou Edge, ou enregistrez une page web.',
  'pdf-failed': 'Le PDF n’a pas pu être créé. Réessayez, ou enregistrez une page web.',
  bug: 'Une erreur s’est produite. Rien d’enregistré n’est perdu ; le journal contient les détails.',
};
